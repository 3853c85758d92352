"""What is there for a while goes again, whenever a signal asks to end."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kcheck.folders import replace_file
from kcheck.temporary import TemporaryFolder


class _AskedToEnd(BaseException):
    pass


@pytest.fixture(autouse=True)
def _raises(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """As in kcheck's own process, what asks to end raises; temporary files lie in tmp_path."""

    def end(*_: object) -> None:
        raise _AskedToEnd

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = signal.signal(signal.SIGTERM, end)
    # A signal to the process comes to any of its threads.
    is_over = threading.Event()
    other = threading.Thread(target=is_over.wait)
    other.start()
    yield
    is_over.set()
    other.join()
    signal.signal(signal.SIGTERM, before)


def asked_to_end(function: Callable[..., Any], *, before: bool = False) -> Callable[..., Any]:
    """The function, with a signal that comes just before it, or just behind it."""

    def asked(*words: Any, **named: Any) -> Any:
        if before:
            os.kill(os.getpid(), signal.SIGTERM)
        result = function(*words, **named)
        if not before:
            os.kill(os.getpid(), signal.SIGTERM)
        return result

    return asked


def test_while_a_folder_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "mkdir", asked_to_end(os.mkdir))
    with pytest.raises(_AskedToEnd):
        TemporaryFolder("made-")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("step", ["unlink", "rmdir"])
def test_while_a_folder_is_removed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: str
) -> None:
    def use() -> None:
        with TemporaryFolder("made-") as name:
            Path(name, "file").touch()
            monkeypatch.setattr(os, step, asked_to_end(getattr(os, step), before=True))

    with pytest.raises(_AskedToEnd):
        use()
    assert not any(tmp_path.iterdir())


def test_while_a_file_takes_its_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "open", asked_to_end(os.open))
    with pytest.raises(_AskedToEnd):
        replace_file(tmp_path / "config", b"new\n")
    assert [each.name for each in tmp_path.iterdir()] == ["config"]


def test_in_another_thread(tmp_path: Path) -> None:
    made: list[Path] = []

    def use() -> None:
        with TemporaryFolder("made-") as name:
            made.append(Path(name))

    other = threading.Thread(target=use)
    other.start()
    other.join()
    assert [each.parent for each in made] == [tmp_path]
    assert not any(tmp_path.iterdir())


def test_signals_are_heard_again(tmp_path: Path) -> None:
    with TemporaryFolder("made-"):
        pass
    with pytest.raises(_AskedToEnd):
        os.kill(os.getpid(), signal.SIGTERM)
