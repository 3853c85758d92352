"""kcheck where others run it: pre-commit, GitHub, GitLab, a kernel build."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

TOP = Path(__file__).parent.parent
SAMPLES = TOP / "sample_configs"
GOOD = SAMPLES / "x86_64-7.3-enabled.config"
BAD = SAMPLES / "x86_64-6.1-can-be-enabled.config"
HOSTILE = (
    "$(touch hit).config",
    "`touch hit`.config",
    "; touch hit.config",
    "' \" | & > hit",
    "::error::x.config",
    "a b.config",
    "--fix",
)
"""Names of files and rules that do harm where they become part of a command's text."""
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def clean(**extra: str) -> dict[str, str]:
    """This environment without what CI or a build around the tests says."""
    told = re.compile(
        r"(GITHUB_|INPUT_|RUNNER_|CI_|KCHECK_|KBUILD_|PRE_COMMIT|GIT_)|"
        r"(ARCH|CC|CROSS_COMPILE|LLVM|O|MAKEFLAGS|MAKELEVEL|MFLAGS|NO_COLOR|FORCE_COLOR)\Z"
    )
    return {name: each for name, each in os.environ.items() if not told.match(name)} | extra


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def recorder(path: Path, log: Path) -> Path:
    """A program that writes down its arguments, and exits as $CODE says."""
    return executable(
        path,
        f"#!{sys.executable} -I\nimport json, os, sys\n"
        f"with open({str(log)!r}, 'a') as log:\n"
        "    log.write(json.dumps(sys.argv[1:]) + '\\n')\n"
        "sys.exit(int(os.environ.get('CODE', '0')))\n",
    )


def recorded(log: Path) -> list[list[str]]:
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def fake_python(folder: Path, kcheck: Path, log: Path) -> Path:
    """A python3 whose venvs have that kcheck, and a pip that writes its arguments down.

    $PIP_CODE is what installing exits with.
    """
    venv_python = executable(
        folder / "venv-python",
        f"#!{sys.executable} -I\nimport json, os, sys\n"
        f"with open({str(log)!r}, 'a') as log:\n"
        "    log.write(json.dumps(sys.argv[1:]) + '\\n')\n"
        "sys.exit(int(os.environ.get('PIP_CODE', '0')))\n",
    )
    return executable(
        folder / "python3",
        f"""#!/bin/sh
if [ "$1 $2 $3" = "-I -m venv" ]; then
    mkdir -p "$4/bin" && cp "{venv_python}" "$4/bin/python" && cp "{kcheck}" "$4/bin/kcheck"
else
    exec "{sys.executable}" "$@"
fi
""",
    )


def real_kcheck(path: Path) -> Path:
    return executable(path, f'#!/bin/sh\nexec "{sys.executable}" -m kcheck "$@"\n')


def schema_faults(name: str, path: Path) -> str:
    """What check-jsonschema has to say of a file; it has the schemas in it."""
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", name, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def is_offline(output: str) -> bool:
    """Whether pip failed for want of packages, and not for what it was given."""
    return re.search(r"Could not find a version|No matching dist|connection", output) is not None


class TestGitHub:
    @pytest.fixture
    def workspace(self, tmp_path: Path) -> Path:
        (tmp_path / "work space").mkdir()
        return tmp_path / "work space"

    @pytest.fixture
    def run(self, tmp_path: Path, workspace: Path) -> Run:
        """Run the action's script as the runner does, with inputs as keywords."""

        def run(
            kcheck: Path | None = None, environment: dict[str, str] | None = None, **inputs: str
        ) -> subprocess.CompletedProcess[str]:
            program = kcheck or recorder(tmp_path / "kcheck", tmp_path / "log")
            python = fake_python(tmp_path / "python", program, tmp_path / "pip-log")
            (tmp_path / "temp").mkdir(exist_ok=True)
            told = {f"INPUT_{name.upper()}": value for name, value in inputs.items()}
            return subprocess.run(
                ["bash", str(TOP / "integrations" / "github" / "run.sh")],
                cwd=workspace,
                env=clean(
                    GITHUB_ACTION_PATH=str(TOP),
                    GITHUB_WORKSPACE=str(workspace),
                    GITHUB_OUTPUT=str(tmp_path / "output"),
                    GITHUB_STEP_SUMMARY=str(tmp_path / "summary"),
                    RUNNER_TEMP=str(tmp_path / "temp"),
                    **{"INPUT_PYTHON": str(python), **told, **(environment or {})},
                ),
                capture_output=True,
                text=True,
                check=False,
            )

        return run

    def test_every_input_goes_through_the_environment(self) -> None:
        action = yaml.safe_load((TOP / "action.yml").read_text())
        (step,) = action["runs"]["steps"]
        assert "${{" not in step["run"]
        assert step["env"] == {
            f"INPUT_{name.upper().replace('-', '_')}": f"${{{{ inputs.{name} }}}}"
            for name in action["inputs"]
        }
        script = (TOP / "integrations" / "github" / "run.sh").read_text()
        for name in step["env"]:
            assert name in script

    def test_it_is_what_github_takes(self) -> None:
        assert schema_faults("vendor.github-actions", TOP / "action.yml") == ""

    def test_inputs_become_arguments_and_nothing_else(
        self, run: Run, tmp_path: Path, workspace: Path
    ) -> None:
        hostile = "\n".join(HOSTILE)
        word = "$(touch hit); \"'`\n::error::"
        done = run(configs=hostile, rules=hostile, tree=word, arch=word, cc=word, sarif=word)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        (arguments,) = recorded(tmp_path / "log")
        assert arguments == [
            "check",
            "--format=github",
            f"--format=sarif={word}",
            f"--tree={word}",
            f"--arch={word}",
            f"--cc={word}",
            "--probes=none",
            *(f"--rules={each}" for each in HOSTILE),
            "--",
            *HOSTILE,
        ]
        assert list(workspace.iterdir()) == []

    def test_lines_with_carriage_returns_and_empty_ones(self, run: Run, tmp_path: Path) -> None:
        run(configs="\r\na b\r\n\nc\n", rules="x\r\n")
        (arguments,) = recorded(tmp_path / "log")
        assert arguments[-4:] == ["--rules=x", "--", "a b", "c"]

    def test_patterns_name_the_files_that_there_are(
        self, run: Run, tmp_path: Path, workspace: Path
    ) -> None:
        (workspace / "deep" / "er").mkdir(parents=True)
        for name in ("a.config", "b c.config", "deep/er/d_defconfig", "1.x", "2.x"):
            (workspace / name).touch()
        run(configs="*.config\n**/*_defconfig\nnone*", rules="*.x")
        (arguments,) = recorded(tmp_path / "log")
        place = arguments.index("--")
        assert arguments[place + 1 :] == ["a.config", "b c.config", "deep/er/d_defconfig", "none*"]
        assert arguments[place - 1] == "--rules=*.x"

    @pytest.mark.parametrize("code", [0, 1, 2, 3])
    def test_the_exit_code_is_kchecks_and_an_output(
        self, run: Run, tmp_path: Path, code: int
    ) -> None:
        done = run(configs="x", environment={"CODE": str(code)})
        assert done.returncode == code
        assert (tmp_path / "output").read_text() == f"exit-code={code}\n"

    def test_it_installs_its_own_checkout_once_in_a_job(self, run: Run, tmp_path: Path) -> None:
        run(configs="x")
        run(configs="y")
        (pip,) = recorded(tmp_path / "pip-log")
        assert pip[:4] == ["-I", "-m", "pip", "install"]
        assert pip[-1] == str(TOP)
        assert len(recorded(tmp_path / "log")) == 2

    def test_what_cannot_be_installed_is_a_fault_and_tried_again(
        self, run: Run, tmp_path: Path
    ) -> None:
        done = run(configs="x", environment={"PIP_CODE": "1"})
        assert done.returncode == 3
        assert done.stderr == "kcheck action: kcheck could not be installed\n"
        assert (tmp_path / "output").read_text() == "exit-code=3\n"
        assert not (tmp_path / "temp" / "kcheck-venv").exists()
        assert run(configs="x").returncode == 0

    def test_an_old_python_is_named_on_one_line(self, run: Run, tmp_path: Path) -> None:
        old = executable(tmp_path / "old\n::error::", "#!/bin/sh\nexit 1\n")
        done = run(configs="x", python=str(old))
        assert done.returncode == 3
        assert len(done.stderr.splitlines()) == 1
        assert "3.11" in done.stderr

    def test_annotations_summary_and_sarif(self, run: Run, tmp_path: Path, workspace: Path) -> None:
        shutil.copy(BAD, workspace / "my own.config")
        kcheck = real_kcheck(tmp_path / "kcheck")
        done = run(kcheck, configs="my own.config", rules="livepatch", sarif="found.sarif")
        assert done.returncode == 1, done.stderr
        assert re.search(r"^::error .*file=my own\.config", done.stdout, re.M)
        assert "my own.config" in (tmp_path / "summary").read_text()
        sarif = json.loads((workspace / "found.sarif").read_text())
        assert sarif["version"] == "2.1.0"

    def test_fix_writes_fragments(self, run: Run, tmp_path: Path, workspace: Path) -> None:
        shutil.copy(BAD, workspace / "a.config")
        run(real_kcheck(tmp_path / "kcheck"), configs="a.config", rules="livepatch", fix="true")
        assert "CONFIG_LIVEPATCH=y\n" in (workspace / "a.config.fragment").read_text()

    @pytest.mark.parametrize("end", ["\n", "\r", "\r\n"], ids=repr)
    @pytest.mark.parametrize("content", [BAD.read_text(), "no config\n"], ids=["bad", "none"])
    def test_names_of_files_do_not_become_commands_of_the_runner(
        self, run: Run, tmp_path: Path, workspace: Path, content: str, end: str
    ) -> None:
        (workspace / f"x{end}::add-mask::y.config").write_text(content)
        kcheck = real_kcheck(tmp_path / "kcheck")
        done = run(kcheck, configs="*.config", rules="livepatch")
        assert done.returncode in (1, 2)
        for line in (done.stdout + done.stderr).splitlines():
            assert not line.lstrip().startswith("::add-mask")

    def test_it_runs_as_it_is_installed(self, run: Run, tmp_path: Path, workspace: Path) -> None:
        """With the true pip and venv; modules that lie in the checkout are not imported."""
        for name in ("venv", "pip", "json", "kcheck"):
            (workspace / f"{name}.py").write_text("raise SystemExit('imported')\n")
        shutil.copy(GOOD, workspace / "good.config")
        done = run(configs="good.config", rules="livepatch", python=sys.executable)
        if done.returncode == 3 and is_offline(done.stderr):
            pytest.skip("pip cannot install what kcheck needs")
        assert done.returncode == 0, done.stdout + done.stderr
        assert (tmp_path / "temp" / "kcheck-venv" / "bin" / "kcheck").exists()


class TestGitLab:
    FILE = TOP / "integrations" / "gitlab" / "kcheck.yml"

    @pytest.fixture
    def job(self) -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load(self.FILE.read_text())[".kcheck"]
        return found

    @pytest.fixture
    def run(self, tmp_path: Path, job: dict[str, Any]) -> Run:
        """Run the job's script as a runner does: all lines in one shell that stops at errors."""

        def run(kcheck: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
            program = kcheck or recorder(tmp_path / "kcheck", tmp_path / "log")
            python = fake_python(tmp_path / "python", program, tmp_path / "pip-log")
            work = tmp_path / "work"
            work.mkdir(exist_ok=True)
            return subprocess.run(
                ["sh", "-e", "-c", "\n".join(job["script"])],
                cwd=work,
                env=clean(
                    TMPDIR=str(tmp_path),
                    CI_PROJECT_DIR=str(work),
                    PATH=f"{python.parent}:{os.environ['PATH']}",
                    **{**job["variables"], "KCHECK_PACKAGE": "kcheck.whl", **variables},
                ),
                capture_output=True,
                text=True,
                check=False,
            )

        return run

    def test_it_is_what_gitlab_takes(self) -> None:
        assert schema_faults("vendor.gitlab-ci", self.FILE) == ""

    def test_variables_become_arguments_and_nothing_else(self, run: Run, tmp_path: Path) -> None:
        hostile = "\n".join(HOSTILE)
        done = run(KCHECK_CONFIGS=hostile, KCHECK_RULES=hostile, KCHECK_TREE="$(touch hit) \n")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        (arguments,) = recorded(tmp_path / "log")
        assert arguments == [
            "check",
            *(f"--rules={each}" for each in HOSTILE),
            "--tree=$(touch hit) \n",
            "--probes=none",
            "--format=text",
            "--format=gitlab=gl-code-quality-report.json",
            "--format=junit=kcheck-junit.xml",
            "--",
            *HOSTILE,
        ]
        assert list((tmp_path / "work").iterdir()) == []

    def test_patterns_name_the_files_that_there_are(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "work").mkdir()
        for name in ("a.config", "b c.config"):
            (tmp_path / "work" / name).touch()
        run(KCHECK_CONFIGS="*.config\nnone*", KCHECK_RULES="*.config")
        (arguments,) = recorded(tmp_path / "log")
        assert arguments[1] == "--rules=*.config"
        assert arguments[-4:] == ["--", "a.config", "b c.config", "none*"]

    def test_it_installs_what_the_variable_names(self, run: Run, tmp_path: Path) -> None:
        run(KCHECK_CONFIGS="x", KCHECK_PACKAGE="kcheck @ file:///a b")
        (pip,) = recorded(tmp_path / "pip-log")
        assert pip[-2:] == ["--", "kcheck @ file:///a b"]

    @pytest.mark.parametrize("missing", ["KCHECK_PACKAGE", "KCHECK_CONFIGS"])
    def test_what_has_to_be_set(self, run: Run, tmp_path: Path, missing: str) -> None:
        done = run(**{"KCHECK_CONFIGS": "x", missing: ""})
        assert done.returncode == 2
        assert missing in done.stderr
        assert not (tmp_path / "log").exists()

    @pytest.mark.parametrize("code", [1, 2, 3])
    def test_the_job_fails_as_kcheck_does(self, run: Run, code: int) -> None:
        assert run(KCHECK_CONFIGS="x", CODE=str(code)).returncode == code

    def test_reports_are_the_artifacts_even_of_a_job_that_fails(
        self, run: Run, tmp_path: Path, job: dict[str, Any]
    ) -> None:
        (tmp_path / "work").mkdir()
        shutil.copy(BAD, tmp_path / "work" / "a.config")
        done = run(real_kcheck(tmp_path / "kcheck"), KCHECK_CONFIGS="*.config")
        assert done.returncode == 1, done.stderr
        reports = job["artifacts"]["reports"]
        assert job["artifacts"]["when"] == "always"
        quality = json.loads((tmp_path / "work" / reports["codequality"]).read_text())
        assert {each["location"]["path"] for each in quality} == {"a.config"}
        assert "<testcase" in (tmp_path / "work" / reports["junit"]).read_text()


class TestKernelBuild:
    """On a Makefile that does as the kernel's: it calls itself in O=, and sets CC."""

    MAKEFILE = """\
ifneq ($(sub_make_done),1)
export sub_make_done := 1
KBUILD_OUTPUT := $(if $(filter command,$(origin O)),$(O),$(KBUILD_OUTPUT))
.PHONY: $(or $(MAKECMDGOALS),all) __sub-make
$(or $(MAKECMDGOALS),all): __sub-make ; @:
__sub-make:
	@$(MAKE) -C $(or $(KBUILD_OUTPUT),.) -f $(CURDIR)/Makefile $(MAKECMDGOALS)
else
CC = $(CROSS_COMPILE)gcc
.PHONY: all bzImage modules clean help
all bzImage modules clean help: ; @echo '["built", "$@", "'$$(basename $$PWD)'"]' >> $(LOG)
%config: ; @echo '["made", "$@"]' >> $(LOG)
endif
"""

    @pytest.fixture
    def run(self, tmp_path: Path) -> Run:
        """Run make in a kernel tree, with kcheck.mk by -f; the words are make's."""
        if shutil.which("make") is None:
            pytest.skip("make is not installed")
        tree = tmp_path / "tree"
        tree.mkdir()
        (tree / "Kconfig").touch()
        (tree / "Makefile").write_text(self.MAKEFILE)
        (tmp_path / "obj").mkdir()
        (tmp_path / "obj" / "source").symlink_to(tree)
        (tmp_path / "obj" / "Makefile").write_text(
            f"export KBUILD_OUTPUT = .\ninclude {tree}/Makefile\n"
        )
        log = tmp_path / "log"
        program = recorder(tmp_path / "kcheck", log)

        def run(
            *words: str, cwd: str = "tree", by_file: bool = True, **environment: str
        ) -> subprocess.CompletedProcess[str]:
            log.unlink(missing_ok=True)
            use = ["-f", str(TOP / "integrations" / "kernel" / "kcheck.mk")] if by_file else []
            return subprocess.run(
                ["make", *use, *words],
                cwd=tmp_path / cwd,
                env=clean(**{"LOG": str(log), "KCHECK_PROGRAM": str(program), **environment}),
                capture_output=True,
                text=True,
                check=False,
            )

        return run

    @pytest.fixture
    def log(self, tmp_path: Path) -> Callable[[], list[list[str]]]:
        return lambda: recorded(tmp_path / "log")

    CHECKED = ("check", "--rules=livepatch", "--tree=.", "--cross-compile=", "--", ".config")

    def test_kcheck_alone_builds_nothing(
        self, run: Run, log: Callable[[], list[list[str]]]
    ) -> None:
        done = run("kcheck")
        assert (done.returncode, done.stderr) == (0, "")
        assert log() == [list(self.CHECKED)]

    @pytest.mark.parametrize("goals", [(), ("bzImage", "modules")])
    @pytest.mark.parametrize("option", ["-j1", "-j4"])
    def test_it_comes_before_the_build_once(
        self, run: Run, log: Callable[[], list[list[str]]], goals: tuple[str, ...], option: str
    ) -> None:
        done = run("KCHECK=1", option, *goals)
        assert (done.returncode, done.stderr) == (0, "")
        first, *rest = log()
        assert first == list(self.CHECKED)
        assert sorted(rest) == [["built", goal, "tree"] for goal in goals or ("all",)]

    def test_files_of_the_goals_names_do_not_matter(
        self, run: Run, log: Callable[[], list[list[str]]], tmp_path: Path
    ) -> None:
        for name in ("kcheck", "modules", "all"):
            (tmp_path / "tree" / name).touch()
        run("kcheck", "modules")
        assert [entry[0] for entry in log()] == ["check", "built"]
        run("KCHECK=1")
        assert [entry[0] for entry in log()] == ["check", "built"]

    def test_findings_stop_the_build(self, run: Run, log: Callable[[], list[list[str]]]) -> None:
        assert run("KCHECK=1", "bzImage", CODE="1").returncode != 0
        assert log() == [list(self.CHECKED)]

    @pytest.mark.parametrize("word", ["KCHECK=0", "KCHECK=n", "KCHECK="])
    def test_without_the_variable_make_does_what_it_does(
        self, run: Run, log: Callable[[], list[list[str]]], word: str
    ) -> None:
        run(word, "bzImage", CODE="1")
        assert log() == [["built", "bzImage", "tree"]]

    def test_goals_that_make_a_config_go_first(
        self, run: Run, log: Callable[[], list[list[str]]]
    ) -> None:
        run("KCHECK=1", "bzImage", "defconfig")
        assert log() == [["made", "defconfig"], list(self.CHECKED), ["built", "bzImage", "tree"]]
        run("kcheck", "defconfig")
        assert log() == [["made", "defconfig"], list(self.CHECKED)]

    @pytest.mark.parametrize("goal", ["clean", "help", "menuconfig"])
    def test_goals_that_need_no_config_are_not_held_up(
        self, run: Run, log: Callable[[], list[list[str]]], goal: str
    ) -> None:
        assert run("KCHECK=1", goal, CODE="1").returncode == 0
        assert [entry[1] for entry in log()] == [goal]

    def test_the_builds_own_variables(self, run: Run, log: Callable[[], list[list[str]]]) -> None:
        run("kcheck", "ARCH=arm64", "CC=it's `touch hit`", "CROSS_COMPILE=a-", "LLVM=-18")
        assert log()[0][2:-2] == [
            "--tree=.",
            "--arch=arm64",
            "--cc=it's `touch hit`",
            "--cross-compile=a-",
            "--llvm=-18",
        ]

    def test_of_the_environment_as_the_kernels_makefile_takes_them(
        self, run: Run, log: Callable[[], list[list[str]]]
    ) -> None:
        run("kcheck", ARCH="arm64", CC="tcc", CROSS_COMPILE="a-", O="elsewhere")
        assert log()[0][2:] == ["--tree=.", "--arch=arm64", "--cross-compile=a-", "--", ".config"]

    def test_a_cross_compiler_is_sought_only_where_make_does_so(
        self, run: Run, log: Callable[[], list[list[str]]], tmp_path: Path
    ) -> None:
        for name, line in (("parisc", "X := $(call cc-cross-prefix, hppa-)\n"), ("arm64", "")):
            (tmp_path / "tree" / "arch" / name).mkdir(parents=True)
            (tmp_path / "tree" / "arch" / name / "Makefile").write_text(line)
        for word, expected in (("parisc64", False), ("parisc", False), ("arm64", True)):
            run("kcheck", f"ARCH={word}")
            assert ("--cross-compile=" in log()[0]) == expected

    def test_a_folder_for_the_output(
        self, run: Run, log: Callable[[], list[list[str]]], tmp_path: Path
    ) -> None:
        run("KCHECK=1", f"O={tmp_path}/obj", "bzImage")
        assert log()[0] == [*self.CHECKED[:-1], f"{tmp_path}/obj/.config"]
        assert log()[1] == ["built", "bzImage", "obj"]
        run("kcheck", KBUILD_OUTPUT=f"{tmp_path}/obj")
        assert log()[0][-1] == f"{tmp_path}/obj/.config"

    def test_from_within_that_folder(self, run: Run, log: Callable[[], list[list[str]]]) -> None:
        run("kcheck", cwd="obj")
        assert log()[0][2] == "--tree=source"
        assert log()[0][-2:] == ["--", ".config"]

    def test_another_name_for_the_config(
        self, run: Run, log: Callable[[], list[list[str]]]
    ) -> None:
        run("kcheck", "KCONFIG_CONFIG=my own")
        assert log()[0][-1] == "my own"
        run("kcheck", "KCONFIG_CONFIG=/abs/x", "O=obj")
        assert log()[0][-1] == "/abs/x"

    def test_rules_and_more_options(self, run: Run, log: Callable[[], list[list[str]]]) -> None:
        run("kcheck", "KCHECK_RULES=kpatch my.toml", "KCHECK_FLAGS=--fix --format 'a b'")
        assert log()[0][:3] == ["check", "--rules=kpatch", "--rules=my.toml"]
        assert log()[0][-5:] == ["--fix", "--format", "a b", "--", ".config"]

    def test_with_a_gnumakefile_make_needs_no_option(
        self, run: Run, log: Callable[[], list[list[str]]], tmp_path: Path
    ) -> None:
        (tmp_path / "tree" / "GNUmakefile").write_text(
            f"include {TOP}/integrations/kernel/kcheck.mk\n"
        )
        run("kcheck", by_file=False)
        assert log() == [list(self.CHECKED)]
        run("bzImage", by_file=False)
        assert log() == [["built", "bzImage", "tree"]]
        run(by_file=False, KCHECK="1")
        assert log() == [list(self.CHECKED), ["built", "all", "tree"]]

    def test_a_config_that_lacks_something_stops_a_build(self, run: Run, tmp_path: Path) -> None:
        shutil.copytree(SAMPLES / "small-tree", tmp_path / "tree", dirs_exist_ok=True)
        shutil.copy(tmp_path / "tree/arch/x86/configs/x86_64_defconfig", tmp_path / "tree/.config")
        program = real_kcheck(tmp_path / "kcheck")
        words = ("KCHECK=1", "ARCH=x86_64", "KCHECK_FLAGS=--probes none", f"PYTHONPATH={TOP}")
        done = run(*words, KCHECK_PROGRAM=str(program))
        assert done.returncode == 2
        assert "LIVEPATCH" in done.stdout
        assert not (tmp_path / "log").exists()


class TestPreCommit:
    HOOKS = TOP / ".pre-commit-hooks.yaml"

    def hook(self, name: str) -> dict[str, Any]:
        (found,) = (each for each in yaml.safe_load(self.HOOKS.read_text()) if each["id"] == name)
        return dict(found)

    def test_the_manifest_is_what_pre_commit_takes(self) -> None:
        words = [sys.executable, "-m", "pre_commit", "validate-manifest", str(self.HOOKS)]
        assert subprocess.run(words, check=False).returncode == 0

    @pytest.mark.parametrize(
        ("name", "fits"),
        [
            (".config", True),
            ("a/.config", True),
            ("lp.config", True),
            ("arch/x86/configs/x86_64_defconfig", True),
            ("defconfig", True),
            ("configs/kernel-x86.config", True),
            ("my.config.old", False),
            ("a.config.fragment", False),
            ("config", False),
            (".configs/x", False),
            ("myconfig", False),
            ("app.config.js", False),
        ],
    )
    def test_which_files_are_taken_for_configs(self, name: str, fits: bool) -> None:
        assert bool(re.search(self.hook("kcheck")["files"], name)) == fits

    @pytest.mark.parametrize(
        ("name", "fits"),
        [
            ("kcheck.toml", True),
            ("ci/kcheck-rules.toml", True),
            ("kcheck/servers.toml", True),
            ("kcheck/rules/deep/servers.toml", True),
            ("pyproject.toml", False),
            ("mykcheck.toml", False),
        ],
    )
    def test_which_files_are_taken_for_rules(self, name: str, fits: bool) -> None:
        assert bool(re.search(self.hook("kcheck-rules")["files"], name)) == fits

    def test_both_hooks_in_a_repository(self, tmp_path: Path) -> None:
        """From a clone of this repository, as pre-commit fetches it, with what lies here."""
        if shutil.which("git") is None:
            pytest.skip("git is not installed")
        source, repository = tmp_path / "source", tmp_path / "repository"
        names = self._git(TOP, "ls-files", "-co", "--exclude-standard").stdout.splitlines()
        for name in names:
            if name.startswith("tests/") or not (TOP / name).exists():
                continue
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(TOP / name, source / name, follow_symlinks=False)
        repository.mkdir()
        shutil.copy(BAD, repository / "my own.config")
        shutil.copy(GOOD, repository / "good_defconfig")
        shutil.copy(TOP / "rules" / "kpatch.toml", repository / "kcheck-own.toml")
        (repository / "kcheck-wrong.toml").write_text("[[rule]]\nid = 3\n")
        for folder in (source, repository):
            self._git(folder, "init", "-q")
            self._git(folder, "add", "-A")
            self._git(folder, "commit", "-qm", "All")
        commit = self._git(source, "rev-parse", "HEAD").stdout.strip()
        hooks = [{"id": "kcheck"}, {"id": "kcheck-rules"}]
        settings = {"repos": [{"repo": str(source), "rev": commit, "hooks": hooks}]}
        (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(settings))
        self._git(repository, "add", "-A")
        configs = self._run(repository, "kcheck")
        if is_offline(configs.stdout):
            pytest.skip("pip cannot install what kcheck needs")
        assert configs.returncode == 1, configs.stdout
        assert "- exit code: 1" in configs.stdout
        assert "my own.config" in configs.stdout
        assert "LIVEPATCH" in configs.stdout
        rules = self._run(repository, "kcheck-rules")
        assert rules.returncode == 1, rules.stdout
        assert "kcheck-wrong.toml" in rules.stdout
        self._git(repository, "rm", "-qf", "my own.config", "kcheck-wrong.toml")
        for name in ("kcheck", "kcheck-rules"):
            done = self._run(repository, name)
            assert done.returncode == 0, done.stdout
            assert "Passed" in done.stdout

    def _run(self, repository: Path, hook: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", hook, "--all-files", "--color", "never"],
            cwd=repository,
            env=clean(PRE_COMMIT_HOME=str(repository.parent / "pre-commit")),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def _git(self, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
        who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
        return subprocess.run(
            ["git", *who, "-c", "commit.gpgsign=false", *words],
            cwd=folder,
            env=clean(),
            capture_output=True,
            text=True,
            check=True,
        )


class TestPage:
    """docs/ci.md says how each is used."""

    TEXT = (TOP / "docs" / "ci.md").read_text()

    def blocks(self, begin: str) -> list[str]:
        """The examples that begin with that word, without their margin."""
        found = re.findall(r"(?:^    .*\n|^\n(?=    ))+", self.TEXT, re.M)
        plain = [re.sub(r"^ {4}", "", block, flags=re.M).strip("\n") for block in found]
        return [block for block in plain if block.startswith(begin)]

    def test_all_that_can_be_set_is_named(self) -> None:
        action = yaml.safe_load((TOP / "action.yml").read_text())
        job = yaml.safe_load((TOP / "integrations" / "gitlab" / "kcheck.yml").read_text())
        makefile = (TOP / "integrations" / "kernel" / "kcheck.mk").read_text()
        names = [*action["inputs"], *action["outputs"]]
        names += [name for name in job[".kcheck"]["variables"] if name.startswith("KCHECK_")]
        names += [*re.findall(r"^(KCHECK_\w+) \?=", makefile, re.M), "KCHECK_FLAGS"]
        names += [hook["id"] for hook in yaml.safe_load(TestPreCommit.HOOKS.read_text())]
        for name in names:
            assert f"`{name}`" in self.TEXT, name

    def test_a_workflow_is_what_github_takes(self, tmp_path: Path) -> None:
        (block,) = self.blocks("jobs:")
        (tmp_path / "workflow.yml").write_text(f"on: push\n{block}\n")
        assert schema_faults("vendor.github-workflows", tmp_path / "workflow.yml") == ""
        uses = yaml.safe_load(block)["jobs"]["kcheck"]["steps"][1]["with"]
        assert set(uses) <= set(yaml.safe_load((TOP / "action.yml").read_text())["inputs"])

    def test_a_job_is_what_gitlab_takes(self, tmp_path: Path) -> None:
        (block,) = self.blocks("include:\n  - project")
        (tmp_path / "job.yml").write_text(block)
        assert schema_faults("vendor.gitlab-ci", tmp_path / "job.yml") == ""

    def test_hooks_are_settings_that_pre_commit_takes(self, tmp_path: Path) -> None:
        (block,) = self.blocks("repos:")
        (tmp_path / "settings.yaml").write_text(block)
        words = [sys.executable, "-m", "pre_commit", "validate-config"]
        assert (
            subprocess.run([*words, str(tmp_path / "settings.yaml")], check=False).returncode == 0
        )
