"""A git revision as a tree, also of repositories that mean harm."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kcheck.errors import ToolchainError, TreeError
from kcheck.trees.revision import revision_tree
from tests.conftest import SMALL_TREE

Git = Callable[..., str]


@pytest.fixture(autouse=True)
def _no_git_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook of git's own that runs the tests must not lead git to another repository."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A checkout of the small tree with one commit, tagged v1."""
    path = Path(shutil.copytree(SMALL_TREE, tmp_path / "linux"))
    git(path, "init", "--quiet")
    commit_all(path)
    git(path, "tag", "v1")
    return path


def git(path: Path, *words: str, text: bytes = b"") -> str:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    made = subprocess.run(
        ["git", *who, "-C", str(path), *words], input=text, capture_output=True, check=True
    )
    return made.stdout.decode().strip()


def commit_all(path: Path) -> None:
    git(path, "add", "--all", "--force")
    git(path, "commit", "--quiet", "--allow-empty", "--message", "More")


def commit_entries(path: Path, *entries: tuple[str, str, bytes]) -> str:
    """Commit the last one's tree with entries (mode, name, content) that git would not add."""
    listed = git(path, "ls-tree", "-z", "HEAD").encode().split(b"\0")
    replaced = {name for _, name, _ in entries}
    kept = [each for each in listed if each and each.split(b"\t")[1].decode() not in replaced]
    for mode, name, content in entries:
        if mode in ("040000", "160000"):
            git_object = content.decode()
        else:
            git_object = git(path, "hash-object", "-w", "--stdin", text=content)
        kind = {"040000": "tree", "160000": "commit"}.get(mode, "blob")
        kept.append(f"{mode} {kind} {git_object}\t{name}".encode())
    made = git(path, "mktree", "-z", "--missing", text=b"".join(each + b"\0" for each in kept))
    return git(path, "commit-tree", made, "-p", "HEAD", "-m", "By hand")


def status(path: Path) -> str:
    return git(path, "status", "--porcelain") + git(path, "worktree", "list")


def test_a_revision_is_what_was_committed_then(repository: Path) -> None:
    kconfig = repository / "kernel" / "livepatch" / "Kconfig"
    kconfig.write_text("config LIVEPATCH\n\tbool\n")
    (repository / "arch" / "new").mkdir()
    (repository / "arch" / "new" / "Kconfig").write_text("")
    commit_all(repository)
    (repository / "Makefile").write_text("not committed")
    before = status(repository)
    with revision_tree("v1", repository) as old, revision_tree("HEAD", repository) as new:
        assert old.commit == git(repository, "rev-parse", "--short", "v1")
        assert (old.name, old.tree.version) == ("v1", "7.3.0-small")
        folder = old.tree.path
        text = (folder / "kernel" / "livepatch" / "Kconfig").read_text()
        assert text == (SMALL_TREE / "kernel" / "livepatch" / "Kconfig").read_text()
        assert (new.tree.path / "arch" / "new" / "Kconfig").is_file()
        assert not (folder / "arch" / "new").exists()
    assert not folder.exists()
    assert status(repository) == before


def test_it_has_all_that_kconfig_reads_and_run_bits(repository: Path) -> None:
    for name in ("scripts/cc-version.sh", "arch/powerpc/tools/check.sh", "drivers/all.c"):
        file = repository / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("#!/bin/sh\n")
        file.chmod(0o755)
    (repository / "drivers" / "odd.in").write_text("config ODD\n\tbool\n")
    with (repository / "Kconfig").open("a") as top:
        top.write('source "drivers/odd.in"\n')
    commit_all(repository)
    with revision_tree("HEAD", repository) as found:
        top_folder = found.tree.path
        assert os.access(top_folder / "scripts" / "cc-version.sh", os.X_OK)
        assert os.access(top_folder / "arch" / "powerpc" / "tools" / "check.sh", os.X_OK)
        assert not os.access(top_folder / "Kconfig", os.X_OK)
        assert (top_folder / "drivers" / "odd.in").is_file()
        assert not (top_folder / "drivers" / "all.c").exists()


def test_it_vanishes_when_something_fails(repository: Path) -> None:
    with pytest.raises(RuntimeError), revision_tree("HEAD", repository) as found:
        raise RuntimeError
    assert not found.tree.path.exists()


def test_the_kernel_may_be_in_a_folder_of_the_repository(tmp_path: Path) -> None:
    shutil.copytree(SMALL_TREE, tmp_path / "all" / "linux")
    # As in a real kernel, this folder has a Kconfig and a Makefile, too.
    (tmp_path / "all" / "linux" / "kernel" / "trace" / "Makefile").touch()
    git(tmp_path / "all", "init", "--quiet")
    commit_all(tmp_path / "all")
    with revision_tree("HEAD", tmp_path / "all" / "linux" / "kernel" / "trace") as found:
        assert (found.tree.path / "kernel" / "trace" / "Kconfig").is_file()
    with (
        pytest.raises(
            TreeError, match=r"HEAD: no kernel tree: no folder of commit .* has Kconfig and arch"
        ),
        revision_tree("HEAD", tmp_path / "all"),
    ):
        pass


def test_a_bare_repository_will_do(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare.git")
    with revision_tree("v1", tmp_path / "bare.git") as found:
        assert found.tree.version == "7.3.0-small"


@pytest.mark.parametrize("name", ["v2", "HEAD:Makefile", "v1..HEAD", "", "--all", "-x", "@{"])
def test_no_such_revision(repository: Path, name: str) -> None:
    with pytest.raises(TreeError, match="no such folder, and no commit") as raised:
        revision_tree(name, repository).__enter__()
    assert "\n" not in str(raised.value)


def test_no_option_of_git_can_come_from_a_revision(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "programs" / "git"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" >> {tmp_path}/words\nexec {which_git()} "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    with pytest.raises(TreeError, match="no commit of the git checkout"):
        revision_tree("--output=x", repository).__enter__()
    words = (tmp_path / "words").read_text()
    assert "rev-parse" in words
    assert "--output" not in words


def which_git() -> str:
    found = shutil.which("git")
    assert found is not None
    return found


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(TreeError, match=r"v1: no such folder, and .* is in no git checkout"):
        revision_tree("v1", tmp_path).__enter__()


def test_no_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ToolchainError, match="git: no such program"):
        revision_tree("v1", repository).__enter__()


def test_only_a_part_of_a_tree(repository: Path) -> None:
    (repository / "Makefile").unlink()
    commit_all(repository)
    with pytest.raises(TreeError, match=r"^HEAD: no kernel tree, Makefile is missing"):
        revision_tree("HEAD", repository).__enter__()


def test_odd_names_of_files(repository: Path) -> None:
    odd = [b"Kconfig.a b", b"Kconfig.\n", b"Kconfig.\xff", b'Kconfig."\t', b"Kconfig.-rf", b"-rf"]
    for name in odd:
        Path(os.fsdecode(os.fsencode(repository) + b"/scripts")).mkdir(exist_ok=True)
        path = os.fsencode(repository) + b"/scripts/" + name
        with open(path, "wb") as file:
            file.write(name)
    commit_all(repository)
    with revision_tree("HEAD", repository) as found:
        for name in odd:
            path = os.fsencode(found.tree.path) + b"/scripts/" + name
            with open(path, "rb") as file:
                assert file.read() == name


def test_links_within_the_tree_stay_links_and_others_are_left_out(
    repository: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("config SECRET\n")
    scripts = repository / "scripts"
    (repository / "drivers").mkdir()
    (repository / "drivers" / "real").write_text("real")
    links = {
        "Kconfig.in": "../drivers/real",
        "Kconfig.nowhere": "nowhere",
        "Kconfig.loop": "Kconfig.loop",
        "Kconfig.absolute": str(secret),
        "Kconfig.out": "../../secret",
        # Each of the two is harmless by its letters; one behind the other they lead out.
        "deep/up": "../..",
        "Kconfig.both": "deep/up/../secret",
    }
    for name, target in links.items():
        (scripts / name).parent.mkdir(exist_ok=True)
        (scripts / name).symlink_to(target)
    commit_all(repository)
    with revision_tree("HEAD", repository) as found:
        made = found.tree.path / "scripts"
        assert (made / "Kconfig.in").is_symlink()
        assert (made / "Kconfig.in").read_text() == "real"
        assert os.readlink(made / "deep" / "up") == "../.."
        for name in ("Kconfig.absolute", "Kconfig.out", "Kconfig.both"):
            assert not os.path.lexists(made / name), name


def test_a_submodule_is_passed_over(repository: Path) -> None:
    head = git(repository, "rev-parse", "HEAD").encode()
    made = commit_entries(repository, ("160000", "Kconfig.sub", head))
    with revision_tree(made, repository) as found:
        assert not (found.tree.path / "Kconfig.sub").exists()
        assert (found.tree.path / "Kconfig").is_file()


def hostile_folder(repository: Path, name: str, content: bytes = b"evil") -> bytes:
    """The name of a tree object that holds one file called `name`."""
    blob = git(repository, "hash-object", "-w", "--stdin", text=content)
    return git(repository, "mktree", text=f"100644 blob {blob}\t{name}\n".encode()).encode()


@pytest.mark.parametrize("folder", ["..", ".", ".git", ".GIT"])
def test_a_path_that_leads_out_is_refused(repository: Path, tmp_path: Path, folder: str) -> None:
    inside = hostile_folder(repository, "Kconfig.evil")
    made = commit_entries(repository, ("040000", folder, inside))
    if f"{folder}/Kconfig.evil" not in git(repository, "ls-tree", "-r", made):
        pytest.skip("this git does not make such a commit")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(TreeError, match="no path of a kernel tree"):
        revision_tree(made, repository).__enter__()
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("order", [0, 1])
def test_nothing_is_written_through_a_link(repository: Path, tmp_path: Path, order: int) -> None:
    """A commit made by hand may hold a link and, behind the same name, a folder."""
    outside = tmp_path / "outside"
    outside.mkdir()
    entries = [
        ("120000", "Kconfig.d", str(outside).encode()),
        ("040000", "Kconfig.d", hostile_folder(repository, "Kconfig.evil")),
    ]
    made = commit_entries(repository, *(reversed(entries) if order else entries))
    with pytest.raises(TreeError, match="cannot be written"):
        revision_tree(made, repository).__enter__()
    assert not list(outside.iterdir())


def test_no_link_is_made_behind_a_link(repository: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    target = git(repository, "hash-object", "-w", "--stdin", text=b"/etc/passwd")
    tree = git(repository, "mktree", text=f"120000 blob {target}\tKconfig.evil\n".encode())
    entries = [
        ("120000", "Kconfig.d", str(outside).encode()),
        ("040000", "Kconfig.d", tree.encode()),
    ]
    made = commit_entries(repository, *entries)
    with pytest.raises(TreeError, match="cannot be written"):
        revision_tree(made, repository).__enter__()
    assert not list(outside.iterdir())


def test_content_that_is_missing_is_said_in_one_line(repository: Path) -> None:
    name = git(repository, "rev-parse", "HEAD:Kconfig")
    (repository / ".git" / "objects" / name[:2] / name[2:]).unlink()
    with pytest.raises(TreeError, match=r"'Kconfig' of .*: its content is not in the repository"):
        revision_tree("HEAD", repository).__enter__()
