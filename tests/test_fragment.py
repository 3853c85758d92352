"""kcheck fragment and explain --why-on as a user runs them, on the small tree."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import SMALL_TREE, Kcheck

DOCS = Path(__file__).parent.parent / "docs"
HERE = ("--tree", str(SMALL_TREE), "--arch", "x86_64")


def test_stdout_has_the_lines_and_nothing_else(kcheck: Kcheck) -> None:
    done = kcheck("fragment", "LIVEPATCH", *HERE)
    assert done.returncode == 0
    assert done.stdout == "CONFIG_FUNCTION_TRACER=y\nCONFIG_LIVEPATCH=y\n"
    assert "proved minimal" in done.stderr
    assert "CONFIG_" not in done.stderr


def test_the_lines_do_what_they_say(kcheck: Kcheck, tmp_path: Path) -> None:
    base = tmp_path / "base.config"
    kcheck("olddefconfig", *HERE, "--output", str(base))
    done = kcheck("fragment", "LIVEPATCH", *HERE, "--config", str(base))
    base.write_text(base.read_text() + done.stdout)
    assert kcheck("explain", "LIVEPATCH", *HERE, "--config", str(base)).returncode == 0
    again = kcheck("fragment", "LIVEPATCH", *HERE, "--config", str(base))
    assert (again.returncode, again.stdout) == (0, "")
    assert "holds already" in again.stderr


@pytest.mark.parametrize(
    ("arch", "verdict", "code"),
    [
        ("x86_64", "can-be-enabled", 0),
        ("i386", "impossible", 1),
        ("arm64", "holds", 0),
        ("powerpc", "blocked-by-toolchain", 1),
    ],
)
def test_json_follows_its_schema(kcheck: Kcheck, arch: str, verdict: str, code: int) -> None:
    arguments = ("fragment", "LIVEPATCH", "--tree", str(SMALL_TREE), "--arch", arch)
    done = kcheck(*arguments, "--cross-compile", "", "--format", "json", "--alternatives", "2")
    document = json.loads(done.stdout)
    jsonschema.validate(document, json.loads((DOCS / "fragment.schema.json").read_text()))
    assert (document["verdict"], done.returncode) == (verdict, code)


def test_a_conflict_prints_its_lines_only_when_allowed(kcheck: Kcheck, tree: Path) -> None:
    with (tree / "lib" / "Kconfig.debug").open("a") as file:
        file.write('\nconfig ODD\n\tbool "odd"\n\tdepends on !MODULES\n')
    arguments = ("fragment", "ODD", "--tree", str(tree), "--arch", "x86_64")
    refused = kcheck(*arguments)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("ODD   conflict: gives up ")
    allowed = kcheck(*arguments, "--allow-loss")
    assert allowed.returncode == 0
    assert allowed.stdout.splitlines() == ["# CONFIG_MODULES is not set", "CONFIG_ODD=y"]
    kept = kcheck(*arguments, "--allow-loss", "--keep", "MODULES")
    assert (kept.returncode, kept.stdout) == (1, "")
    assert "impossible" in kept.stderr


def test_a_proof_names_the_lines(kcheck: Kcheck) -> None:
    arguments = ("fragment", "LIVEPATCH", "--tree", str(SMALL_TREE), "--arch", "i386")
    assert "(--proof)" in kcheck(*arguments).stderr
    assert "arch/x86/Kconfig:" in kcheck(*arguments, "--proof").stderr


@pytest.mark.parametrize(
    "wrong",
    [("LIVEPATCH=m",), ("NO_SUCH=y",), ("LIVEPATCH", "--keep", "NO_SUCH"), ("=y",),
     ("LIVEPATCH", "--format", "xml"), ("LIVEPATCH", "--verify-with-conf", "--probes", "none")],
)  # fmt: skip
def test_bad_input_is_one_line_and_code_2(kcheck: Kcheck, wrong: tuple[str, ...]) -> None:
    done = kcheck("fragment", *wrong, *HERE)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not shutil.which("gcc"), reason="no compiler to build anything with")
def test_a_tree_without_conf_cannot_verify(kcheck: Kcheck) -> None:
    done = kcheck("fragment", "LIVEPATCH", *HERE, "--verify-with-conf")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_why_on_names_what_keeps_it_and_what_ends_it(kcheck: Kcheck) -> None:
    done = kcheck("explain", "--why-on", "SYSFS", *HERE)
    assert done.returncode == 0
    assert "fs/sysfs/Kconfig:" in done.stdout
    assert "# CONFIG_SYSFS is not set" in done.stdout or "turning it off" in done.stdout
    off = kcheck("explain", "--why-on", "LIVEPATCH", *HERE)
    assert off.returncode == 1
    assert off.stdout.startswith("LIVEPATCH = n   nothing keeps it on")
    schema = json.loads((DOCS / "explain.schema.json").read_text())
    for symbol, is_kept in (("SYSFS", True), ("LIVEPATCH", False)):
        done = kcheck("explain", "--why-on", symbol, *HERE, "--format", "json")
        told = json.loads(done.stdout)
        jsonschema.validate(told, schema)
        assert bool(told["kept_by"]) is is_kept
