"""What the project makes its own files with; no part of the program."""
