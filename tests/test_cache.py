"""Answers that are kept: the same question is not asked twice, and no other answer is given."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kcheck import matrix, stamps
from kcheck.kconfig.load import ProbeMode
from kcheck.matrix import Asked, kinds_of, survey
from kcheck.store import Store
from kcheck.survey import Survey
from kcheck.toolchain.programs import Toolchain
from kcheck.trees.directory import open_tree


class Asking:
    """The small tree's x86_64 asked again and again; `asked` counts who had to be."""

    def __init__(self, tree: Path, top: Path) -> None:
        self.tree = tree
        self.top = top
        self.folder = top / "answers"
        self.asked = 0
        self.toolchain = Toolchain()
        self.mode = ProbeMode.NONE
        self.config: Path | None = None
        self.symbols: tuple[str, ...] = ("LIVEPATCH",)

    def __call__(self) -> Survey:
        opened = open_tree(self.tree)
        (kind,) = [each for each in kinds_of(opened) if each.name == "x86_64"]
        asked = Asked(opened.path, kind, self.config, self.toolchain, self.mode, self.symbols)
        return survey(opened, [asked], 1, lambda: None, Store("answers", self.top))


@pytest.fixture
def asking(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asking:
    """With every file old enough to be trusted, and no process started for one question."""
    made = Asking(tree, tmp_path / "cache")

    def here(answer: Callable[..., object], questions: list[object], *_: object) -> list[object]:
        made.asked += len(questions)
        return [answer(each) for each in questions]

    monkeypatch.setattr(stamps, "_TICK", -1)
    monkeypatch.setattr(matrix, "answers", here)
    return made


def test_the_same_question_is_asked_once(asking: Asking) -> None:
    first = asking()
    assert asking() == first
    assert asking.asked == 1


def _line(tree: Path) -> None:
    path = tree / "kernel/livepatch/Kconfig"
    path.write_text(path.read_text().replace("depends on SYSFS", "depends on KSYMS"))


def _defconfig(tree: Path) -> None:
    with (tree / "arch/x86/configs/x86_64_defconfig").open("a") as file:
        file.write("CONFIG_FUNCTION_TRACER=y\n")


def _version(tree: Path) -> None:
    path = tree / "Makefile"
    path.write_text(path.read_text().replace("SUBLEVEL = 0", "SUBLEVEL = 1"))


def _script(tree: Path) -> None:
    (tree / "scripts/cc-version.sh").write_text("#!/bin/sh\necho GCC 1\n")


def _run_bit(tree: Path) -> None:
    os.chmod(tree / "scripts/Kconfig.include", 0o755)


def _new_file(tree: Path) -> None:
    (tree / "arch/x86/Kconfig.debug").write_text("config NEW\n\tbool\n")


@pytest.mark.parametrize("change", [_line, _defconfig, _version, _script, _run_bit, _new_file])
def test_a_change_to_the_tree_is_another_question(
    asking: Asking, tree: Path, change: Callable[[Path], None]
) -> None:
    asking()
    change(tree)
    asking()
    assert asking.asked == 2


def test_a_same_sized_edit_gives_the_new_answer(asking: Asking, tree: Path) -> None:
    before = asking()
    path = tree / "arch/x86/Kconfig"
    text = path.read_text()
    assert "select HAVE_LIVEPATCH if X86_64" in text
    path.write_text(
        text.replace("select HAVE_LIVEPATCH if X86_64", "select HAVE_LIVEPATCH if X86_32")
    )
    after = asking()
    assert after.rows[0].explanations != before.rows[0].explanations


def test_another_config_symbol_or_environment_is_another_question(
    asking: Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking()
    asking.symbols = ("LIVEPATCH", "MODULES")
    asking()
    asking.config = tmp_path / "x86_64.config"
    asking.config.write_text("CONFIG_MODULES=y\n")
    asking()
    asking.config.write_text("CONFIG_MODULES=n\n")
    asking()
    monkeypatch.setenv("GCC_EXEC_PREFIX", "/opt/")
    asking()
    assert asking.asked == 5
    # What a shell changes by itself does not count.
    monkeypatch.setenv("SHLVL", "7")
    asking()
    assert asking.asked == 5


def test_another_compiler_under_the_same_name_is_another_question(
    asking: Asking, tmp_path: Path
) -> None:
    compiler = tmp_path / "cc"
    compiler.write_text('#!/bin/sh\nexec gcc "$@"\n')
    compiler.chmod(0o755)
    asking.toolchain = Toolchain(cc=str(compiler))
    asking.mode = ProbeMode.RUN
    asking()
    compiler.write_text("#!/bin/sh\nexit 1\n")
    asking()
    assert asking.asked == 2


def test_answers_on_record_are_not_kept_once_more(asking: Asking) -> None:
    """They are somebody else's to keep: the record may change."""
    asking.mode = ProbeMode.RECORDED
    asking()
    assert not asking.folder.exists()


def test_what_has_just_changed_is_not_kept(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may change once more without looking other."""
    monkeypatch.setattr(stamps, "_TICK", 60 * 10**9)
    asking()
    asking()
    assert asking.asked == 2
    assert not asking.folder.exists()


@pytest.mark.parametrize("left", [0, 1, 40, -1])
def test_a_half_written_answer_is_none(asking: Asking, left: int) -> None:
    first = asking()
    (kept,) = asking.folder.iterdir()
    kept.write_bytes(kept.read_bytes()[:left])
    assert asking() == first
    assert asking.asked == 2
    assert asking() == first
    assert asking.asked == 2


def test_two_trees_have_answers_of_their_own(asking: Asking, tmp_path: Path) -> None:
    asking()
    asking.tree = Path(shutil.copytree(asking.tree, tmp_path / "other"))
    assert asking().source == str(tmp_path / "other")
    assert asking.asked == 2
