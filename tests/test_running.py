"""The running kernel's config and trees, searched in a root folder that a test fills."""

from __future__ import annotations

import gzip
import lzma
import os
import sys
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from kcheck.compressed import LARGEST, Missing, Problem, read_content, unpacked
from kcheck.dotconfig import read_dotconfig
from kcheck.errors import ConfigError
from kcheck.trees.running import (
    FoundConfig,
    System,
    below,
    build_trees,
    find_config,
    running_system,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

RELEASE = "6.1.0-13-amd64"
BOOT = f"boot/config-{RELEASE}"
MODULES = f"lib/modules/{RELEASE}"
TEXT = b"#\n# Linux/x86 6.1.55 Kernel Configuration\n#\nCONFIG_LIVEPATCH=y\n"
CHECKED = {int(zstd.CompressionParameter.checksum_flag): 1}
"""As the program zstd does by itself; without it damage may go unseen."""
PACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": partial(gzip.compress, mtime=0),
    ".xz": lzma.compress,
    ".zst": lambda content: zstd.compress(content, options=CHECKED),
}
PACKED = [(name, pack(TEXT)) for name, pack in PACK.items() if name]


def put(root: Path, name: str, content: bytes = TEXT) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def system(root: Path, release: str = RELEASE) -> System:
    return System(root, release, "x86_64")


@pytest.mark.parametrize("packed", PACK)
@pytest.mark.parametrize("name", [BOOT, f"{MODULES}/config"])
def test_a_config_in_every_place_and_packing(tmp_path: Path, name: str, packed: str) -> None:
    path = put(tmp_path, name + packed, PACK[packed](TEXT))
    assert find_config(system(tmp_path)) == FoundConfig(path, ())
    config = read_dotconfig(path)
    assert config.header == ("x86", "6.1.55")
    assert [line.text for line in config.lines] == TEXT.decode().splitlines()


def test_the_order_of_places(tmp_path: Path) -> None:
    names = [
        f"{MODULES}/config.zst",
        f"{MODULES}/config",
        f"{BOOT}.zst",
        f"{BOOT}.xz",
        f"{BOOT}.gz",
        BOOT,
        "proc/config.gz",
    ]
    for name in names:
        path = put(tmp_path, name, PACK[Path(name).suffix if name != BOOT else ""](TEXT))
        assert find_config(system(tmp_path)).path == path


def test_another_release_s_config_is_none(tmp_path: Path) -> None:
    put(tmp_path, "boot/config-6.1.0-12-amd64")
    put(tmp_path, "lib/modules/6.1.0-12-amd64/config")
    assert find_config(system(tmp_path)) == FoundConfig(None, ())


def test_an_empty_root_has_neither_config_nor_tree(tmp_path: Path) -> None:
    assert find_config(system(tmp_path)) == FoundConfig(None, ())
    assert build_trees(system(tmp_path)) == ()
    assert find_config(system(tmp_path / "nowhere")) == FoundConfig(None, ())


def test_what_is_of_no_use_is_passed_over_and_told(tmp_path: Path) -> None:
    put(tmp_path, "proc/config.gz", gzip.compress(TEXT)[:-12])
    (tmp_path / BOOT).mkdir(parents=True)
    put(tmp_path, f"{BOOT}.gz", b"\x1f\x8b\x08no gzip")
    put(tmp_path, f"{BOOT}.xz", lzma.compress(b"nothing of the kind\n"))
    put(tmp_path, f"{BOOT}.zst", zstd.compress(b"CONFIG_A=y\n\0"))
    (tmp_path / MODULES).mkdir(parents=True)
    (tmp_path / MODULES / "config").symlink_to("/gone")
    path = put(tmp_path, f"{MODULES}/config.gz", gzip.compress(TEXT))
    found = find_config(system(tmp_path))
    assert found.path == path
    reasons = {name: why for name, _, why in (each.partition(": ") for each in found.passed_over)}
    assert reasons.pop(f"/{BOOT}.gz").startswith("damaged gzip data")
    assert reasons == {
        "/proc/config.gz": "its gzip data is cut short",
        f"/{BOOT}": "not a regular file",
        f"/{BOOT}.xz": "no .config",
        f"/{BOOT}.zst": "no .config",
        f"/{MODULES}/config": "no such file",
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_entered_is_told(tmp_path: Path) -> None:
    path = put(tmp_path, BOOT)
    path.parent.chmod(0)
    try:
        found = find_config(system(tmp_path))
    finally:
        path.parent.chmod(0o700)
    assert f"/{BOOT}: cannot be read: Permission denied" in found.passed_over


def test_a_file_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = put(tmp_path, BOOT)
    path = put(tmp_path, f"{MODULES}/config")
    real = Path.open

    def deny(self: Path, mode: str) -> object:
        if self == refused:
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, mode)

    monkeypatch.setattr(Path, "open", deny)
    said = f"/{BOOT}: cannot be read: Permission denied"
    assert find_config(system(tmp_path)) == FoundConfig(path, (said,))


def test_build_trees_are_found_through_links_inside_the_root(tmp_path: Path) -> None:
    headers = tmp_path / "usr" / "src" / "linux-headers"
    sources = tmp_path / "usr" / "src" / "linux"
    for folder in (headers, sources, tmp_path / "usr" / MODULES):
        folder.mkdir(parents=True)
    (tmp_path / "lib").symlink_to("usr/lib")
    modules = tmp_path / "usr" / MODULES
    (modules / "build").symlink_to("/usr/src/linux-headers")
    assert build_trees(system(tmp_path)) == (headers,)
    (modules / "source").symlink_to("../../../src/linux")
    assert build_trees(system(tmp_path)) == (headers, sources)


def test_a_tree_that_both_links_name_is_one(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / MODULES).mkdir(parents=True)
    (tmp_path / MODULES / "build").symlink_to("/src")
    (tmp_path / MODULES / "source").symlink_to("build")
    assert build_trees(system(tmp_path)) == (tmp_path / "src",)


def test_a_dangling_or_round_link_is_no_tree(tmp_path: Path) -> None:
    (tmp_path / MODULES).mkdir(parents=True)
    (tmp_path / MODULES / "build").symlink_to("/usr/src/removed")
    (tmp_path / MODULES / "source").symlink_to("source")
    assert build_trees(system(tmp_path)) == ()


def test_a_plain_file_is_no_tree(tmp_path: Path) -> None:
    put(tmp_path, f"{MODULES}/build")
    assert build_trees(system(tmp_path)) == ()


def test_no_link_leads_out_of_the_root(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "up").symlink_to("../../../etc")
    assert below(root, "/up/passwd") == root / "etc" / "passwd"
    assert below(root, "/../../x") == root / "x"
    assert below(Path("/"), "/nowhere/./x") == Path("/nowhere/x")


@pytest.mark.parametrize(
    ("release", "numbers"),
    [(RELEASE, (6, 1)), ("4.4.155", (4, 4)), ("7.3-rc1+", (7, 3)), ("mine", None)],
)
def test_numbers_of_a_release(release: str, numbers: tuple[int, int] | None) -> None:
    assert system(Path("/"), release).numbers == numbers


def test_this_machine() -> None:
    here = running_system()
    assert (here.root, here.release) == (Path("/"), os.uname().release)


def test_the_header_of_a_4_x_kernel(tmp_path: Path) -> None:
    header = b"#\n# Automatically generated file; DO NOT EDIT.\n"
    path = put(tmp_path, "x", header + b"# Linux/x86 4.4.155 Kernel Configuration\n#\nCONFIG_A=y\n")
    assert read_dotconfig(path).header == ("x86", "4.4.155")


@pytest.mark.parametrize(("name", "content"), PACKED)
def test_packing_is_told_by_content_not_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    assert read_dotconfig(put(tmp_path, ".config", content)).last("LIVEPATCH") is not None
    plain = put(tmp_path, f"plain{name}", TEXT)
    assert read_dotconfig(plain).last("LIVEPATCH") is not None


@pytest.mark.parametrize(("name", "content"), PACKED)
def test_members_one_behind_the_other(name: str, content: bytes) -> None:
    assert unpacked(content + content) == TEXT + TEXT
    assert unpacked(content + bytes(8)) == TEXT
    assert unpacked(content + bytes(8) + content) == TEXT + TEXT
    assert unpacked(content + content[:-3]) == Problem(f"its {kind(name)} data is cut short")
    assert unpacked(content + b"junk") == Problem(
        f"something else stands behind its {kind(name)} data"
    )


@pytest.mark.parametrize(("name", "content"), PACKED)
@pytest.mark.parametrize("kept", [1, 4, -1])
def test_cut_short(tmp_path: Path, name: str, content: bytes, kept: int) -> None:
    short = content[: len(_magic(name)) + kept] if kept > 0 else content[:kept]
    path = put(tmp_path, "config", short)
    with pytest.raises(ConfigError, match=r"its \w+ data is cut short; name another") as told:
        read_dotconfig(path)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(("name", "content"), PACKED)
def test_damaged(tmp_path: Path, name: str, content: bytes) -> None:
    middle = len(content) // 2
    damaged = content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]
    path = put(tmp_path, "config", damaged)
    with pytest.raises(ConfigError, match=f"config: damaged {kind(name)} data") as told:
        read_dotconfig(path)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("name", [".gz", ".xz", ".zst"])
def test_a_bomb_stops_at_the_limit(tmp_path: Path, name: str) -> None:
    path = put(tmp_path, "config", PACK[name](bytes(LARGEST + (16 << 20))))
    assert path.stat().st_size < LARGEST // 100
    with pytest.raises(ConfigError, match="larger than 64 MiB"):
        read_dotconfig(path)


@pytest.mark.parametrize(("name", "content"), PACKED)
def test_the_limit_itself_is_allowed_and_counts_all_members(name: str, content: bytes) -> None:
    assert unpacked(content, len(TEXT)) == TEXT
    assert isinstance(unpacked(content, len(TEXT) - 1), Problem)
    assert unpacked(content + content, 2 * len(TEXT)) == TEXT + TEXT
    assert isinstance(unpacked(content + content, 2 * len(TEXT) - 1), Problem)


def test_no_more_comes_out_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = zlib.decompressobj

    class Counting:
        def __init__(self, bits: int) -> None:
            self._real = real(bits)

        def decompress(self, data: bytes, max_length: int) -> bytes:
            asked.append(max_length)
            return self._real.decompress(data, max_length)

        def __getattr__(self, name: str) -> object:
            return getattr(self._real, name)

    monkeypatch.setattr(zlib, "decompressobj", Counting)
    packed = gzip.compress(bytes(60)) + gzip.compress(bytes(10_000))
    assert isinstance(unpacked(packed, 100), Problem)
    assert asked == [101, 41]


def test_members_without_end_are_refused() -> None:
    assert unpacked(gzip.compress(b"") * 300) == Problem("more than 256 pieces of gzip data")


def test_a_plain_file_above_the_limit_is_not_read_whole(tmp_path: Path) -> None:
    with (tmp_path / "config").open("wb") as file:
        file.truncate(1 << 40)
    assert read_content(tmp_path / "config") == Problem("larger than 64 MiB")
    assert read_content(tmp_path / "gone") == Missing()


def kind(name: str) -> str:
    return {".gz": "gzip", ".xz": "xz", ".zst": "zstd"}[name]


def _magic(name: str) -> bytes:
    return {".gz": b"\x1f\x8b", ".xz": b"\xfd7zXZ\0", ".zst": b"\x28\xb5\x2f\xfd"}[name]
