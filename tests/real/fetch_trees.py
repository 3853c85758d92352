#!/usr/bin/env python3
"""Fetch the kernel trees that the tests in tests/real run on, and the configs Debian ships.

Debian's linux-source packages are downloaded through an apt configuration of our own
(its own source list and lists folder), so the system's is neither read for suites nor
changed.  The mirror is the one that the machine's own apt configuration names.  Only
the part of each tree that Kconfig, its probes and scripts/kconfig need is unpacked.

Debian's linux-config packages hold the whole .config of each kernel that it builds, one
package an architecture; each architecture is asked for with lists of its own.

    python3 tests/real/fetch_trees.py            all trees and configs
    python3 tests/real/fetch_trees.py 6.12 7.3   these versions'

Trees lie below $KCHECK_TREES, by default the user's cache folder, as linux-VERSION, and
configs as configs-VERSION/config.ARCHITECTURE_FEATURESET_FLAVOUR, with Debian's names.
What is there already is not fetched again.
Needs a Debian machine (apt-get, dpkg-deb, tar, xz); standard library only.
"""

from __future__ import annotations

import lzma
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
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

# Suites that are asked for configs besides.  A mirror may hold the lists of some suites as
# signed for some architectures only, and apt refuses the others; those are found here, in a
# slightly older version.  Where both have a package, apt takes that of the suites above.
CONFIG_SUITES = (
    *SUITES,
    ("debian", "bookworm-backports"),
    ("debian", "experimental"),
)

# Debian's architectures that have kernels in one of the suites.
ARCHITECTURES = (
    "amd64",
    "arm64",
    "armel",
    "armhf",
    "i386",
    "loong64",
    "mips64el",
    "mipsel",
    "ppc64el",
    "riscv64",
    "s390x",
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


def configs_folder(version: str) -> Path:
    """The folder that holds the configs which Debian ships for that version."""
    return trees_folder() / f"configs-{version}"


def debian_config(version: str, arch: str) -> Path | None:
    """Debian's config of that version for `arch` (Debian's name, such as amd64), if fetched.

    Of several flavours it is the one with the shortest name, which is the plain one: those
    for clouds, realtime or other page sizes add to its name.
    """
    found = configs_folder(version).glob(f"config.{arch}_none_*")
    return min(found, key=lambda path: (len(path.name), path.name), default=None)


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


def apt_options(
    work: Path, mirrors: dict[str, str], suites: tuple[tuple[str, str], ...] = SUITES
) -> list[str]:
    """Write a source list of our own under `work`; return apt options that use it alone."""
    (work / "lists" / "partial").mkdir(parents=True)
    (work / "cache" / "archives" / "partial").mkdir(parents=True)
    sources = work / "sources.list"
    sources.write_text(
        "".join(
            f"deb [signed-by={KEYRING}] {mirrors[archive]} {suite} main\n"
            for archive, suite in suites
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


def configs_of(arch: str, versions: list[str], work: Path, mirrors: dict[str, str]) -> list[Path]:
    """Download linux-config-VERSION of one architecture, as far as a suite has it.

    `work` is a folder for this architecture alone.  The packages lie in it afterwards.
    """
    options = apt_options(work, mirrors, CONFIG_SUITES)
    settings = {
        # apt takes itself to run on that architecture, where nothing is installed.
        "APT::Architecture": arch,
        "APT::Architectures": arch,
        "Dir::State::status": "/dev/null",
        # Images for containers switch these off; without, each command reads all lists anew.
        "Dir::Cache::pkgcache": "pkgcache.bin",
        "Dir::Cache::srcpkgcache": "srcpkgcache.bin",
    }
    options += [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]

    def run(program: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *options, "-q", *words],
            cwd=work,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
        )

    # A suite whose list cannot be verified is left out; what counts is what the others have.
    if run("apt-get", "update").returncode:
        print(f"{arch}: not every suite's list of packages could be had", flush=True)
    for version in versions:
        package = f"linux-config-{version}"
        listed = run("apt-cache", "madison", package).stdout.splitlines()
        releases = dict.fromkeys(line.split("|")[1].strip() for line in listed)
        # A list can name a package that the mirror no longer has; then the one before it serves.
        for release in releases:
            if not run("apt-get", "download", f"{package}={release}").returncode:
                break
            print(f"{arch}: {package} {release} is listed and cannot be had", flush=True)
    # Tens of MB that nothing reads any more.
    shutil.rmtree(work / "lists")
    shutil.rmtree(work / "cache")
    return sorted(work.glob("linux-config-*.deb"))


def unpack_configs(packages: list[Path], version: str) -> None:
    """Unpack the configs of one version, of all its architectures, to where they belong."""
    destination = configs_folder(version)
    staging = destination.with_name(f".{destination.name}.{os.getpid()}")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    for package in packages:
        contents = package.with_suffix("")
        subprocess.run(["dpkg-deb", "-x", str(package), str(contents)], check=True)
        for config in contents.glob(f"usr/src/linux-config-{version}/config.*.xz"):
            (staging / config.stem).write_bytes(lzma.decompress(config.read_bytes()))
    shutil.rmtree(destination, ignore_errors=True)
    staging.rename(destination)


def fetch_configs(versions: list[str]) -> None:
    """Fetch Debian's configs of each of `versions` that has none yet."""
    missing = [version for version in versions if not configs_folder(version).is_dir()]
    if not missing:
        return
    mirrors = configured_mirrors()
    with (
        tempfile.TemporaryDirectory(prefix="kcheck-configs-") as name,
        ThreadPoolExecutor(2) as two,
    ):
        packages = [
            package
            for found in two.map(
                lambda arch: configs_of(arch, missing, Path(name, arch), mirrors), ARCHITECTURES
            )
            for package in found
        ]
        for version in missing:
            # NAME_VERSION_ARCHITECTURE.deb
            ours = [path for path in packages if path.name.startswith(f"linux-config-{version}_")]
            if ours:
                unpack_configs(ours, version)
            held = [" ".join(reversed(path.stem.split("_")[1:])) for path in ours]
            print(f"configs-{version}: {', '.join(held) or 'in no suite'}", flush=True)


def fetch(versions: list[str]) -> None:
    """Fetch and unpack each of `versions` that is not there yet."""
    folder = trees_folder()
    missing = [version for version in versions if not (folder / f"linux-{version}").is_dir()]
    if not missing:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kcheck-trees-") as name:
        work = Path(name)
        options = apt_options(work, configured_mirrors())
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
    fetch_configs(asked)
