"""What has to be set for a goal to hold, least harm first; or a proof that nothing does."""
