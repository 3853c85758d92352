"""kcheck completion: what shells are told, and the shells themselves with the script loaded."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from kcheck.cli.completion import SCRIPTS
from kcheck.cli.program import build
from kcheck.cli.words import candidates
from kcheck.kconfig.load import ProbeMode
from tests.conftest import Kcheck

PROGRAM = typer.main.get_command(build())
RULES = Path(__file__).parent.parent / "rules"
FORMATS = ["text", "json", "sarif", "junit", "github", "gitlab", "markdown"]


def fitting(*words: str) -> list[str]:
    """What may stand in place of the last word, behind the others."""
    return [each.word for each in candidates(PROGRAM, list(words[:-1]), list(words[-1:])).words]


def files_fit(*words: str) -> bool:
    return candidates(PROGRAM, list(words[:-1]), list(words[-1:])).files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with `kcheck` in bin, and files to complete in work."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "kcheck"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kcheck "$@"\n')
    program.chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    for name in ("my.config", "my own.config", "mine.toml"):
        (work / name).touch()
    return tmp_path


def shell(folder: Path, name: str, *options: str, script: str) -> list[str]:
    """The lines that a shell prints with the completion loaded; skips where it is not there."""
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    done = subprocess.run(
        [program, *options, "-c", script],
        cwd=folder / "work",
        env={**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.stdout.splitlines()


class TestWords:
    def test_commands_and_those_of_a_group(self) -> None:
        assert {"explain", "check", "rules", "completion"} <= set(fitting(""))
        assert fitting("frag") == ["fragment"]
        assert set(fitting("rules", "")) == {"list", "show", "lint", "new"}

    def test_the_command_that_scripts_ask_is_not_offered(self) -> None:
        assert fitting("complet") == ["completion"]

    def test_options_of_the_command_alone(self) -> None:
        assert fitting("explain", "--a") == ["--arch", "--all", "--alternatives"]
        assert fitting("snapshot", "build", "--j") == ["--jobs"]
        assert fitting("--v") == ["--version"]
        assert "--help" in fitting("doctor", "-")

    @pytest.mark.parametrize("words", [("--probes", "r"), ("--probes", "=", "r")])
    def test_values_of_an_option(self, words: tuple[str, ...]) -> None:
        assert fitting("check", *words) == ["run", "recorded"]

    def test_a_value_in_one_word_with_its_option(self) -> None:
        assert fitting("check", "--probes=r") == ["--probes=run", "--probes=recorded"]

    def test_bash_hands_the_equals_sign_over_as_a_word(self) -> None:
        assert fitting("check", "--probes", "=") == ["run", "recorded", "none"]

    def test_probes_are_those_that_there_are(self) -> None:
        assert fitting("explain", "--probes", "") == [each.value for each in ProbeMode]

    def test_formats_are_those_of_the_command(self) -> None:
        assert fitting("check", "--format", "") == FORMATS
        assert fitting("explain", "--format", "") == ["text", "json"]
        assert fitting("arches", "--format", "m") == ["markdown"]

    def test_a_file_fits_behind_the_equals_sign_of_a_format(self) -> None:
        assert not files_fit("check", "--format", "sa")
        assert files_fit("check", "--format", "sarif=x")
        assert files_fit("check", "--format", "sarif", "=", "x")

    def test_rule_sets_and_files_of_rules(self) -> None:
        sets = [
            path.stem for path in sorted((Path(__file__).parent.parent / "rules").glob("*.toml"))
        ]
        assert fitting("check", "--rules", "") == sets
        assert fitting("rules", "lint", "") == sets
        assert fitting("check", "--rules", "live") == ["livepatch"]
        assert files_fit("check", "--rules", "")
        assert files_fit("rules", "lint", "")

    def test_configs_and_trees_are_files_and_symbols_are_not(self) -> None:
        assert files_fit("check", "")
        assert files_fit("check", "--probes", "none", "a.config", "")
        assert files_fit("explain", "LIVEPATCH", "--tree", "")
        assert not files_fit("explain", "")
        assert not files_fit("explain", "LIVEPATCH", "")
        assert not files_fit("explain", "--arch", "")

    def test_words_that_are_not_known_give_nothing(self) -> None:
        assert fitting("check", "--no-such=") == []
        assert fitting("no-such", "") == fitting("")


class TestShells:
    def test_bash(self, folder: Path) -> None:
        script = """
            source <(kcheck completion bash)
            compopt() { :; }
            ask() {
                COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
                _kcheck kcheck "${COMP_WORDS[COMP_CWORD]}"
                echo "${COMPREPLY[*]}"
            }
            complete -p kcheck
            ask kcheck frag
            ask kcheck check --probes = r
            ask kcheck explain ''
            ask kcheck check "it's \\$(touch x); \\`touch x\\`"
        """
        lines = shell(folder, "bash", "--norc", script=script)
        assert lines == ["complete -F _kcheck kcheck", "fragment", "run recorded", "", ""]
        assert not (folder / "work" / "x").exists()

    def test_bash_completes_names_of_files_with_blanks(self, folder: Path) -> None:
        """Through readline, as a user's keys go."""
        wrapper = folder / "bin" / "kcheck"
        note = """[ "$1" = check ] && { printf '<%s>' "$@" > answer; exit; }\n"""
        wrapper.write_text(wrapper.read_text().replace("exec", note + "exec"))
        keys = "source <(kcheck completion bash)\nkcheck check --probes n\t my\\ o\t\n"
        program = shutil.which("script")
        if program is None:
            pytest.skip("script is not installed")
        environment = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
        subprocess.run(
            [program, "-qec", "bash --norc --noprofile -i", "/dev/null"],
            input=keys + "exit\n",
            cwd=folder / "work",
            env={**environment, "INPUTRC": "/dev/null", "TERM": "dumb"},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        answer = (folder / "work" / "answer").read_text()
        assert answer == "<check><--probes><none><my own.config>"

    def test_zsh(self, folder: Path) -> None:
        """The functions of its completion system are written here: it starts from a terminal."""
        script = """
            compdef() { print -r -- "$@" }
            _describe() { print -r -- "${(P@)2}" }
            _files() { print files }
            compset() { : }
            source <(kcheck completion zsh)
            ask() { words=("$@"); CURRENT=$#; _kcheck }
            ask kcheck frag
            ask kcheck check --probes=r
            ask kcheck check "my\\\\ own"
        """
        lines = shell(folder, "zsh", "-f", script=script)
        assert lines[0] == "_kcheck kcheck"
        assert lines[1].startswith("fragment:Print the least .config fragment")
        assert lines[2:] == ["--probes=run --probes=recorded", "files"]

    def test_fish(self, folder: Path) -> None:
        script = """
            kcheck completion fish | source
            complete -C 'kcheck frag'
            complete -C 'kcheck check --probes=r'
            complete -C 'kcheck check my'
            complete -C 'kcheck check --tree=mi'
            complete -C 'kcheck explain m'
        """
        lines = shell(folder, "fish", "--no-config", script=script)
        assert lines[0].startswith("fragment\tPrint the least")
        assert lines[1:3] == ["--probes=run", "--probes=recorded"]
        assert sorted(lines[3:5]) == ["my own.config", "my.config"]
        assert lines[5:] == ["--tree=mine.toml"]


def test_a_shell_that_there_is_no_script_for(kcheck: Kcheck) -> None:
    done = kcheck("completion", "tcsh")
    assert done.returncode == 2
    assert done.stderr == "kcheck: completion tcsh: not bash, zsh, fish\n"


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_says_where_to_put_it(kcheck: Kcheck, name: str) -> None:
    text = kcheck("completion", name).stdout
    assert re.search(rf"^# {name}: put this into ", text, re.M)


def test_completing_loads_none_of_the_heavy_modules() -> None:
    """Each press of the key waits for it."""
    code = (
        "import sys; from kcheck.cli.app import run;"
        "run(['complete', '3', '--', 'kcheck', 'check', '--rules', '']);"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert done.stdout.splitlines()[0] == "files"
    heavy = {"rich", "kconfiglib", "pysat", "kcheck.model", "kcheck.kconfig", "kcheck.solve"}
    assert not loaded & heavy
