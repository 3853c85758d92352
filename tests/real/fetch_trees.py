#!/usr/bin/env python3
"""Fetch the kernel trees that the tests in tests/real run on.

Debian's linux-source packages are downloaded through an apt configuration of our own
(its own source list and lists folder), so the system's is neither read for suites nor
changed.  The mirror is the one that the machine's own apt configuration names.  Only
the part of each tree that Kconfig, its probes and scripts/kconfig need is unpacked.

    python3 tests/real/fetch_trees.py            all trees
    python3 tests/real/fetch_trees.py 6.12 7.3   these

Trees lie below $KCHECK_TREES, by default the user's cache folder, as linux-VERSION.
Needs a Debian machine (apt-get, dpkg-deb, tar, xz); standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

VERSIONS = ("5.10", "6.1", "6.12", "7.2", "7.3")

# Which archive and suite hold which versions.  A suite that a mirror no longer has is
# left out by apt with a warning; what counts is that each package is found in one.
SUITES = (
    ("debian", "bullseye"),
    ("debian", "bookworm"),
    ("debian-security", "bookworm-security"),
    ("debian", "trixie"),
    ("debian", "trixie-backports"),
    ("debian", "sid"),
)

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

# What Kconfig, the probes it runs, and the build of scripts/kconfig/conf read.  Every
# pattern matches something in every version, since tar calls it an error where none does.
UNPACKED = (
    "*/Kconfig*",
    "*/Makefile*",
    "*/Kbuild*",
    "*/scripts/*",
    "*/defconfig",
    "*_defconfig",
    "*.config",
    "*/arch/*/configs/*",
    "*/arch/*/tools/*",
    "*/include/linux/compiler*.h",
    "*/include/linux/kconfig.h",
    "*/tools/testing/selftests/livepatch/config",
)


def trees_folder() -> Path:
    """The folder that holds the trees: $KCHECK_TREES or one in the user's cache."""
    named = os.environ.get("KCHECK_TREES")
    if named:
        return Path(named)
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "kcheck-test-trees"


def configured_mirrors() -> dict[str, str]:
    """The mirror of each Debian archive ("debian", "debian-security"), as apt is configured."""
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    mirrors: dict[str, str] = {}
    for uri in listed.split():
        mirrors.setdefault(uri.rstrip("/").rsplit("/", 1)[-1], uri)
    if "debian" not in mirrors:
        sys.exit("fetch_trees: apt names no Debian mirror on this machine; add one to its sources")
    mirrors.setdefault(
        "debian-security", mirrors["debian"].rstrip("/").removesuffix("debian") + "debian-security"
    )
    return mirrors


def apt_options(work: Path) -> list[str]:
    """Write a source list of our own under `work`; return apt options that use it alone."""
    (work / "lists" / "partial").mkdir(parents=True)
    (work / "cache" / "archives" / "partial").mkdir(parents=True)
    mirrors = configured_mirrors()
    sources = work / "sources.list"
    sources.write_text(
        "".join(
            f"deb [signed-by={KEYRING}] {mirrors[archive]} {suite} main\n"
            for archive, suite in SUITES
        )
    )
    settings = {
        "Dir::Etc::SourceList": str(sources),
        "Dir::Etc::SourceParts": "-",
        "Dir::Etc::Preferences": "/dev/null",
        "Dir::Etc::PreferencesParts": "/dev/null",
        "Dir::State::Lists": str(work / "lists"),
        "Dir::Cache": str(work / "cache"),
        "Acquire::Languages": "none",
        "APT::Sandbox::User": "root",
    }
    return [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]


def unpack(package: Path, version: str, destination: Path) -> None:
    """Unpack the parts of linux-source-VERSION that kcheck reads into `destination`."""
    staging = destination.with_name(f".{destination.name}.{os.getpid()}")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    pipeline = (
        'set -o pipefail; dpkg-deb --fsys-tarfile "$1"'
        ' | tar -xO "./usr/src/linux-source-$2.tar.xz" | xz -dc'
        ' | tar -x -C "$3" --strip-components=1 --wildcards "${@:4}"'
    )
    subprocess.run(
        ["bash", "-c", pipeline, "unpack", str(package), version, str(staging), *UNPACKED],
        check=True,
    )
    shutil.rmtree(destination, ignore_errors=True)
    staging.rename(destination)


def fetch(versions: list[str]) -> None:
    """Fetch and unpack each of `versions` that is not there yet."""
    folder = trees_folder()
    missing = [version for version in versions if not (folder / f"linux-{version}").is_dir()]
    if not missing:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kcheck-trees-") as name:
        work = Path(name)
        options = apt_options(work)
        subprocess.run(["apt-get", *options, "-q", "update"], check=True)
        for version in missing:
            subprocess.run(
                ["apt-get", *options, "-q", "download", f"linux-source-{version}"],
                check=True,
                cwd=work,
            )
            (package,) = work.glob(f"linux-source-{version}_*.deb")
            unpack(package, version, folder / f"linux-{version}")
            package.unlink()
            print(f"linux-{version}: unpacked", flush=True)


if __name__ == "__main__":
    asked = sys.argv[1:] or list(VERSIONS)
    unknown = [version for version in asked if version not in VERSIONS]
    if unknown:
        sys.exit(f"fetch_trees: no tree for {', '.join(unknown)}; there are {', '.join(VERSIONS)}")
    fetch(asked)
