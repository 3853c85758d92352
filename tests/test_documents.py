"""What kcheck history, snapshot and cache print, against their schemas and pages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.conftest import SMALL_TREE, Kcheck

DOCS = Path(__file__).parent.parent / "docs"


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / f"{name}.schema.json").read_text())
    return found


def history(kcheck: Kcheck, *words: str, code: int = 0) -> dict[str, Any]:
    done = kcheck("history", *words, "--probes", "none", "--jobs", "2", "--format", "json")
    assert done.returncode == code, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    jsonschema.validate(document, schema("history"))
    return document


def test_history_of_snapshots(kcheck: Kcheck) -> None:
    """kernel/livepatch/Kconfig is read by arm64 since 6.17."""
    words = ("--tree", "6.12", "--tree", "6.17", "--tree", "7.3", "--arch", "arm64")
    document = history(kcheck, "LIVEPATCH", *words)
    assert [each["name"] for each in document["versions"]] == ["6.12", "6.17", "7.3"]
    (symbol,) = document["symbols"]
    (course,) = symbol["courses"]
    assert [row["verdict"] for row in course["rows"]] == [None, "can-be-enabled", "can-be-enabled"]
    assert [row["defined"] for row in course["rows"]] == [False, True, True]
    first, second = symbol["steps"]
    assert any(
        change["symbol"] == "HAVE_LIVEPATCH" and change["text"] == "selected by ARM64"
        for change in first["changes"]
    )
    assert (second["before"], second["after"]) == ("6.17", "7.3")


def test_history_with_an_edited_tree_and_one_that_cannot_be_read(
    kcheck: Kcheck, tree: Path
) -> None:
    path = tree / "kernel/livepatch/Kconfig"
    path.write_text(path.read_text().replace("depends on SYSFS", "depends on EXPERT"))
    (tree / "arch/riscv/Kconfig").write_text("config\n")
    trees = ("--tree", str(SMALL_TREE), "--tree", str(tree))
    document = history(kcheck, "LIVEPATCH", *trees, code=2)
    courses = {each["arch"]: each["rows"] for each in document["symbols"][0]["courses"]}
    assert [row["answered"] for row in courses["riscv"]] == [True, False]
    assert "arch/riscv/Kconfig:1" in courses["riscv"][1]["why"]
    assert [len(row["lines"] or ()) for row in courses["x86_64"]] == [2, 3]
    texts = [each["text"] for each in document["symbols"][0]["steps"][0]["changes"]]
    assert texts == ["depends on SYSFS", "depends on EXPERT"]


def test_snapshot_list(kcheck: Kcheck) -> None:
    done = kcheck("snapshot", "list", "--format", "json")
    assert done.returncode == 0
    document = json.loads(done.stdout)
    jsonschema.validate(document, schema("snapshot"))
    versions = [each["version"] for each in document["versions"]]
    names = [".".join(re.findall(r"\d+", version)[:2]) for version in versions]
    told = re.search(r"^The versions: (.*?)\.$", (DOCS / "snapshot.md").read_text(), re.M | re.S)
    assert told is not None
    assert re.findall(r"\d+\.\d+", told[1]) == names


def test_cache_info(kcheck: Kcheck, tmp_path: Path) -> None:
    kcheck("arches", "LIVEPATCH", "--tree", str(SMALL_TREE), "--probes", "none")
    done = kcheck("cache", "info", "--format", "json")
    assert done.returncode == 0
    document = json.loads(done.stdout)
    jsonschema.validate(document, schema("cache"))
    kept = {each["kind"]: each["files"] for each in document["kinds"]}
    found = [each for each in (tmp_path / "cache").rglob("*") if each.is_file()]
    assert kept["answers"] > 0
    assert document["files"] == sum(kept.values()) == len(found)
    assert document["bytes"] == sum(each.stat().st_size for each in found)
    assert document["folder"] == str(tmp_path / "cache" / "kcheck")


@pytest.mark.parametrize(
    "page",
    [
        "cache",
        "history",
        "snapshot",
        "no-tree",
        "diff",
        "doctor",
        "arches",
        "check",
        "rules",
        "ci",
        "library",
    ],
)
def test_options_that_a_page_names_are_there(kcheck: Kcheck, page: str) -> None:
    text = (DOCS / f"{page}.md").read_text()
    commands = {
        "cache": (("cache", "info"), ("explain",)),
        "snapshot": (("snapshot", "build"), ("snapshot", "list"), ("explain",)),
        "no-tree": (("explain",), ("fragment",), ("snapshot", "build")),
        "rules": (("check",), ("rules", "show"), ("rules", "list")),
        "ci": (("check",), ("rules", "lint")),
    }.get(page, ((page,), ("explain",)))
    helps = "".join(kcheck(*command, "--help").stdout for command in commands)
    for option in set(re.findall(r"--[a-z][a-z-]+", text)):
        assert re.search(rf"{option}\b", helps) or option in ("--version",), option
