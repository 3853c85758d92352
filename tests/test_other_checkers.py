"""The rule file in docs/other-checkers.md, and what the page says that kcheck answers with it."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from tests.conftest import Kcheck

PAGE = (Path(__file__).parent.parent / "docs" / "other-checkers.md").read_text()
CHECK = ("check", "small.config", "--rules", "ci/containers.toml", "--probes", "none")


def block(first: str) -> str:
    """The indented block of the page that begins with that line."""
    lines = PAGE.splitlines()
    start = lines.index(f"    {first}")
    end = start
    while end < len(lines) and (not lines[end] or lines[end].startswith("    ")):
        end += 1
    return textwrap.dedent("\n".join(lines[start:end])).strip() + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The page's two files, by the names that it gives them."""
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci" / "containers.toml").write_text(block("schema = 1"))
    config = block("# Linux/x86 6.12.117 Kernel Configuration")
    (tmp_path / "small.config").write_text(config)
    return tmp_path


def test_lint_takes_the_file_and_says_what_the_page_says(kcheck: Kcheck, folder: Path) -> None:
    done = kcheck("rules", "lint", "ci/containers.toml", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    said = "ci/containers.toml:12: rule 'device-rules-missing': no snapshot has CGROUP_BPF, so it"
    assert done.stdout == block(f"{said} takes a tree")


def test_the_report_is_the_page_s(kcheck: Kcheck, folder: Path) -> None:
    done = kcheck(*CHECK, cwd=folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(block("error[unsigned-modules-load]: MODULE_SIG_FORCE is off"))


def test_the_rules_about_containers_pass_by_their_lines(kcheck: Kcheck, folder: Path) -> None:
    document = json.loads(kcheck(*CHECK, "--format", "json", cwd=folder).stdout)
    (config,) = document["configs"]
    assert {each["rule"]: each["status"] for each in config["results"]} == {
        "unsigned-modules-load": "fail",
        "device-rules-missing": "pass",
        "no-storage-driver": "pass",
        "line-not-kept": "warn",
    }
    alone = [note for note in config["notes"] if "CGROUP_BPF" in note]
    assert len(alone) == 1
    assert "the config's own lines" in alone[0]


def test_with_the_page_s_line_the_config_passes(kcheck: Kcheck, folder: Path) -> None:
    with (folder / "small.config").open("a") as config:
        config.write("CONFIG_MODULE_SIG=y\n")
    assert kcheck(*CHECK, cwd=folder).returncode == 0


def test_each_rule_asks_something(kcheck: Kcheck, folder: Path) -> None:
    """Without the lines that let them pass, all three rules fail; before 4.15 one is not asked."""
    config = folder / "small.config"
    text = config.read_text()
    kept = text.replace("CONFIG_CGROUP_BPF=y\n", "").replace("CONFIG_OVERLAY_FS=m\n", "")
    for version, status in (("6.12.117", "fail"), ("4.14.0", "not-applicable")):
        config.write_text(kept.replace("6.12.117", version))
        done = kcheck(*CHECK, "--format", "json", cwd=folder)
        assert done.returncode == 1
        (found,) = json.loads(done.stdout)["configs"]
        statuses = {each["rule"]: each["status"] for each in found["results"]}
        assert statuses["unsigned-modules-load"] == "fail"
        assert statuses["device-rules-missing"] == status
        assert statuses["no-storage-driver"] == "fail"
