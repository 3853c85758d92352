"""The kernel trees and configs that the bench needs; without one it ends and says so."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.real.fetch_trees import configs_folder, debian_config
from tests.real.kernel_conf import tree_path, why_not_there


def tree_there(version: str) -> Path:
    """The kernel tree of that version."""
    tree = tree_path(version)
    if not tree.is_dir():
        sys.exit(f"bench: {why_not_there(version)}")
    return tree


def config_there(version: str, arch: str) -> Path:
    """Debian's config of that version for `arch`, which is Debian's name."""
    config = debian_config(version, arch)
    if config is None:
        sys.exit(f"bench: {configs_folder(version)} has no config for {arch}; make trees")
    return config
