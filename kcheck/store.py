"""What is kept from one run to the next: a folder a kind, a file a thing, bounded all together.

Any number of processes may read, write, trim and clear at once: a file is put in place whole, a
file that vanishes is one that is not kept, and one that is being read can still be read to its
end.  Where the folder cannot be written to, or the disk is full, nothing is kept, and no command
fails for it.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, get_args

from kcheck.errors import CacheError
from kcheck.folders import TEMPORARY, cache_folder, replace_file

Kind = Literal["answers", "models", "probes"]
KINDS: tuple[Kind, ...] = get_args(Kind)
BOUND = 512 << 20
"""Bytes that all files together may take: the models of some 80 pairs of a kernel and an
architecture, in less than half of what the sources of one kernel take."""
MOST = 8192
"""Files that there may be.  Answers are small: it would take 350,000 of them to reach the bound,
and to look through those would take longer than a command."""
_BETWEEN = 16 << 20
"""Bytes that one process may put there until it looks again how much there is."""
_ABANDONED = 3600 * 10**9
"""Nanoseconds.  No write takes that long: who wrote such a file has died."""
_KEY = r"[0-9a-f]{32,64}"
_OURS = rf"{_KEY}|{re.escape(TEMPORARY)}\w+"
# A file begins with the length of its content, and a digest of that.
_LENGTH, _HEAD = 8, 40


class Usage(NamedTuple):
    """How many files there are of a kind, and their bytes."""

    kind: Kind
    files: int
    size: int


class Cleared(NamedTuple):
    """What was removed, how many files could not be, and why."""

    removed: tuple[Usage, ...]
    refused: int
    reason: str


class Store:
    """The things of one kind, below `top`; default: the user's cache folder."""

    def __init__(self, kind: Kind, top: Path | None = None) -> None:
        self._top = top or cache_folder()
        self._kind = kind
        # The first thing that is put there has its look at the whole.
        self._unseen = _BETWEEN

    def get(self, key: str) -> bytes | None:
        """The thing with that key; None where there is none, or not as it was put there."""
        return load_kept(self._path(key))

    def open(self, key: str) -> BinaryIO | None:
        """The thing with that key as a file that stands at its first byte, to be read in part.

        None where there is none or where it has another length.  Whether its bytes are those
        that were put there is not looked at: that would be to read them all.
        """
        opened = _opened(self._path(key))
        if opened is None:
            return None
        _touch(opened.file)
        return opened.file

    def put(self, key: str, content: bytes) -> None:
        """Keep a thing, whole or not at all; others may have to go for it."""
        keep(self._path(key), content)
        self._unseen += len(content)
        if self._unseen >= _BETWEEN:
            trim(self._top)
            self._unseen = 0

    def _path(self, key: str) -> Path:
        """Raises ValueError for a key that is no digest: nobody would know the file for ours."""
        if not re.fullmatch(_KEY, key):
            raise ValueError(f"{key!r} is not 32 to 64 hexadecimal digits")
        return self._top / self._kind / key


def load_kept(path: Path) -> bytes | None:
    """What `keep` put there; None where there is nothing, or something else."""
    opened = _opened(path)
    if opened is None:
        return None
    with opened.file as file:
        try:
            # As much as there should be, should it grow meanwhile.
            content = file.read(int.from_bytes(opened.head[:_LENGTH]))
        except OSError:
            return None
        if opened.head != _head(content):
            return None
        _touch(file)
    return content


def keep(path: Path, content: bytes) -> None:
    """Put a thing there, whole or not at all."""
    folder = path.parent
    try:
        # Others have no business there, says the XDG Base Directory Specification.
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        # Behind a link nothing would be trimmed; and a pipe or a device would be written to.
        if not folder.is_symlink() and _may_be_replaced(path):
            replace_file(path, _head(content) + content, mode=0o600)
    except OSError:
        return


def usage(top: Path) -> tuple[Usage, ...]:
    """What is there, kind by kind."""
    with ExitStack() as stack:
        return tuple(_counted(kind, _seen(stack, top, kind)) for kind in KINDS)


def trim(top: Path, bound: int = BOUND, most: int = MOST) -> None:
    """Let go of what was used least lately, so far as there is too much, and of abandoned files."""
    with ExitStack() as stack:
        kept: list[_File] = []
        for file in [each for kind in KINDS for each in _seen(stack, top, kind)]:
            if not file.name.startswith(TEMPORARY):
                kept.append(file)
            elif time.time_ns() - file.used > _ABANDONED:
                with suppress(OSError):
                    file.remove()
        size = sum(file.size for file in kept)
        if size <= bound and len(kept) <= most:
            return
        kept.sort()
        for number, file in enumerate(kept):
            if size <= bound and len(kept) - number <= most:
                return
            with suppress(OSError):
                file.remove()
            size -= file.size


def clear(top: Path) -> Cleared:
    """Remove what kcheck has put there, and the folders if nothing else is in them.

    Raises CacheError, when all else is removed, where it cannot be seen what there is.
    """
    removed: list[Usage] = []
    refused = 0
    reason = ""
    unseen: OSError | None = None
    for kind in KINDS:
        gone: list[_File] = []
        with ExitStack() as stack:
            try:
                files = _files(stack, top, kind)
            except OSError as error:
                files, unseen = [], error
            for file in files:
                try:
                    file.remove()
                    gone.append(file)
                except FileNotFoundError:
                    continue
                except OSError as error:
                    refused += 1
                    reason = str(error.strerror)
        removed.append(_counted(kind, gone))
        with suppress(OSError):
            os.rmdir(top / kind)
    with suppress(OSError):
        os.rmdir(top)
    if unseen is not None:
        raise CacheError(
            f"{top}: what is in it cannot be seen: {unseen.strerror}; try as the folder's owner"
        )
    return Cleared(tuple(removed), refused, reason)


class _Opened(NamedTuple):
    """A file that stands at the first byte behind its head."""

    head: bytes
    file: BinaryIO


def _opened(path: Path) -> _Opened | None:
    """The file that `keep` put there; None where there is none of the length that its head says.

    Whatever else stands there, a link is not followed, a pipe not waited for, and what has no end
    not read.
    """
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        status = os.fstat(number)
        if stat.S_ISREG(status.st_mode) and status.st_size <= _HEAD + BOUND:
            head = os.read(number, _HEAD)
            if status.st_size == _HEAD + int.from_bytes(head[:_LENGTH]):
                return _Opened(head, os.fdopen(number, "rb"))
    except OSError:
        pass
    os.close(number)
    return None


def _may_be_replaced(path: Path) -> bool:
    """Whether nothing stands there but a file, if any."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except FileNotFoundError:
        return True


class _File(NamedTuple):
    """A file of ours, in the order of letting go: when it was used last, in nanoseconds."""

    used: int
    size: int
    name: str
    folder: int

    def remove(self) -> None:
        """Raises OSError; FileNotFoundError where somebody else has done it."""
        os.unlink(self.name, dir_fd=self.folder)


def _files(stack: ExitStack, top: Path, kind: Kind) -> list[_File]:
    """The files of ours of a kind; they can be removed as long as `stack` lasts.

    The folder is held open: whatever becomes of its name meanwhile, what is removed is in it.
    Where there is none, or a link in its place, there are no files.  Raises OSError where it cannot
    be looked into.
    """
    is_ours = re.compile(_OURS).fullmatch
    found: list[_File] = []
    try:
        folder = os.open(top / kind, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except (FileNotFoundError, NotADirectoryError):
        return found
    stack.callback(os.close, folder)
    with os.scandir(folder) as entries:
        named = [entry for entry in entries if is_ours(entry.name)]
    for entry in named:
        # Others may remove it meanwhile.
        with suppress(FileNotFoundError):
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(status.st_mode):
                found.append(_File(status.st_mtime_ns, status.st_size, entry.name, folder))
    return found


def _seen(stack: ExitStack, top: Path, kind: Kind) -> list[_File]:
    """Likewise, none where that cannot be seen."""
    try:
        return _files(stack, top, kind)
    except OSError:
        return []


def _counted(kind: Kind, files: list[_File]) -> Usage:
    sizes = [file.size for file in files]
    return Usage(kind, len(sizes), sum(sizes))


def _head(content: bytes) -> bytes:
    return len(content).to_bytes(_LENGTH) + hashlib.sha256(content).digest()


def _touch(file: BinaryIO) -> None:
    """It was used now; who may read it alone cannot say so."""
    with suppress(OSError):
        os.utime(file.fileno())
