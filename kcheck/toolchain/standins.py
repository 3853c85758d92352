"""Answers for the scripts of a kernel tree where there is no tree: the same programs asked.

A snapshot has the questions of Kconfig files but not the scripts that some of them run.
What a script finds out is found out here from the same program, in another way; the rest of
the command is run as it stands.  What each script says is that of scripts/NAME in Linux 4.18
to 7.3.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from kcheck.toolchain.assume import AssumingProber
from kcheck.toolchain.probes import Answer, Prober

_SCRIPT = re.compile(
    r"\$\(srctree\)/(?P<path>[\w./-]+)"
    r"(?P<words>(?:[ \t]+(?!\d?>)(?:\$\(srctree\)|[^;|&<>(){}\s])+)*)"
)
"""A script of the tree with its arguments, up to what ends a command in the shell."""

Ask = Callable[[str], str]
"""Runs a command and gives back what it says."""


class StandInProber:
    """Asks another prober, and in place of each script of the tree the program it asks.

    A script that has no stand-in is answered by assumption.
    """

    def __init__(self, asked: Prober) -> None:
        self.mode = asked.mode
        self._asked = asked
        self._assuming = AssumingProber()

    def ask(self, command: str, macro: str) -> Answer:
        """The other prober's answer.  Raises ProbeError where it has none."""
        found = _SCRIPT.search(command)
        if found is None:
            return self._asked.ask(command, macro)
        stand_in = _STAND_INS.get(found["path"].rsplit("/", 1)[-1])
        before, rest = command[: found.start()].rstrip(), command[found.end() :]
        words = " ".join(word for word in found["words"].split() if "$(srctree)" not in word)
        if before.endswith("|") and not words:
            # The script reads what the program before it says.
            before, words = "", before.removesuffix("|")
        said = None
        if stand_in is not None:
            said = stand_in(words, lambda each: self._text(each, macro))
        if said is None:
            return self._assuming.ask(command, macro)
        return self._asked.ask(f"{before} {_saying(said)}{rest}", macro)

    def _text(self, command: str, macro: str) -> str:
        return self._asked.ask(command, macro).text


def _saying(said: str | bool) -> str:
    if isinstance(said, bool):
        return "true" if said else "false"
    return f"echo {shlex.quote(said)}" if said else "false"


def _compiler(words: str, ask: Ask) -> tuple[str, int] | None:
    """Kind and version of a compiler: what its preprocessor makes of the names of versions."""
    names = "__clang_major__ __clang_minor__ __clang_patchlevel__"
    names += " __GNUC__ __GNUC_MINOR__ __GNUC_PATCHLEVEL__"
    said = ask(f"echo {names} | {words} -E -P -x c - 2>/dev/null").split()
    if len(said) != 6 or not said[3].isdigit():
        return None
    clang = said[0].isdigit()
    return ("Clang" if clang else "GCC"), _number(".".join(said[:3] if clang else said[3:]))


def _number(version: str) -> int:
    """2.40.1 as 24001, the way that the scripts write versions."""
    parts = [int(part) for part in re.findall(r"\d+", version)[:3]] + [0, 0, 0]
    return parts[0] * 10000 + parts[1] * 100 + parts[2]


def _cc_version(words: str, ask: Ask) -> str:
    found = _compiler(words, ask)
    return f"{found[0]} {found[1]}" if found else ""


def _gcc_version(words: str, ask: Ask) -> str:
    words = words.removeprefix("-p ")
    names = "__GNUC__ __GNUC_MINOR__ __GNUC_PATCHLEVEL__"
    said = ask(f"echo {names} | {words} -E -P -x c - 2>/dev/null").split()
    return str(_number(".".join(said))) if len(said) == 3 else ""


def _clang_version(words: str, ask: Ask) -> str:
    found = _compiler(words, ask)
    return str(found[1]) if found and found[0] == "Clang" else "0"


def _as_version(words: str, ask: Ask) -> str:
    if "-fintegrated-as" in words.split():
        return "LLVM 0"
    asking = "-Wa,--version -c -x assembler-with-cpp /dev/null -o /dev/null"
    said = ask(f"LC_ALL=C {words} {asking} 2>/dev/null | head -n 1").split()
    return f"GNU {_number(said[-1].split('-')[0])}" if said[:2] == ["GNU", "assembler"] else ""


def _linker(words: str, ask: Ask) -> tuple[str, str] | None:
    said = ask(f"LC_ALL=C {words} --version 2>/dev/null | head -n 1").split()
    if said[:2] == ["GNU", "ld"]:
        return "BFD", said[-1].split("-")[0]
    if "LLD" in said[:-1]:
        return "LLD", said[said.index("LLD") + 1].split("-")[0]
    return None


def _ld_version(words: str, ask: Ask) -> str:
    linker, asking, _ = words.partition(" --version")
    if asking:
        # Up to 5.11 the script reads that, and writes each part of a version in two digits.
        found = _linker(linker, ask)
        return str(_number(found[1]) * 10000) if found else ""
    found = _linker(words, ask)
    return f"{found[0]} {_number(found[1])}" if found else ""


def _lld_version(words: str, ask: Ask) -> str:
    found = _linker(words, ask)
    return str(_number(found[1])) if found and found[0] == "LLD" else "0"


def _pahole_version(words: str, ask: Ask) -> str:
    said = ask(f"{words} --version 2>/dev/null")
    found = re.fullmatch(r"v(\d+)\.(\d+)", said)
    return f"{found[1]}{found[2]}" if found else "0"


def _rustc_version(words: str, ask: Ask) -> str:
    said = ask(f"{words} --version 2>/dev/null").split()
    if said[:1] != ["rustc"]:
        return "0"
    major, _, rest = said[1].split("-")[0].partition(".")
    return str(int(major) * 100000 + _number(f"0.{rest}"))


def _rustc_llvm_version(words: str, ask: Ask) -> str:
    said = ask(f"{words} --version --verbose 2>/dev/null")
    found = re.search(r"LLVM version: ([\d.]+)", said)
    return str(_number(found[1])) if found else "0"


def _rust_is_available(_: str, ask: Ask) -> bool | None:
    """Without rustc it is not; with it there is more to look at than can be done here."""
    return None if ask('command -v "${RUSTC:-rustc}"') else False


_FUNCTION = "int x; int func(void) { return x; }"


def _mprofile_kernel(words: str, ask: Ask) -> bool:
    """Functions call _mcount, those that are not to be traced do not."""
    asking = f"{words} -m64 -mabi=elfv2 -S -x c -O2 -p -mprofile-kernel - -o - 2>/dev/null"
    untraced = f"__attribute__((__no_instrument_function__)) {_FUNCTION[7:]}"
    return "_mcount" in ask(f"echo {shlex.quote(_FUNCTION)} | {asking}") and (
        "_mcount" not in ask(f"echo {shlex.quote('int x; ' + untraced)} | {asking}")
    )


def _patchable_entry(words: str, ask: Ask) -> bool:
    """Two nops come behind the local entry point of a function that has one."""
    asking = f"{words} -m64 -mabi=elfv2 -S -x c -O2 -fpatchable-function-entry=2 - -o -"
    said = ask(f"echo {shlex.quote(_FUNCTION)} | {asking} 2>/dev/null")
    _, entry, behind = said.partition(".localentry")
    return bool(entry) and "__patchable_function_entries" in said and behind.count("nop") >= 2


_COLD_CALLER = """
int found(void); void use(void);
static void both(void) { if (found()) use(); }
void __attribute__((__cold__, __section__(".init.text"))) early(void) { both(); both(); }
"""


def _thunk_extern(words: str, ask: Ask) -> bool:
    """Thunks for indirect branches are somewhere else, not in a section of their own that
    clashes with the one that a function is put into."""
    options = "-x c - -fno-PIE -march=z10 -mindirect-branch=thunk-extern"
    options += " -mfunction-return=thunk-extern -mindirect-branch-table -O2 -c -o /dev/null"
    asking = f"echo {shlex.quote(_COLD_CALLER)} | {words} {options} 2>/dev/null && echo yes"
    return ask(asking) == "yes"


_STAND_INS: dict[str, Callable[[str, Ask], str | bool | None]] = {
    "as-version.sh": _as_version,
    "cc-version.sh": _cc_version,
    "check-fpatchable-function-entry.sh": _patchable_entry,
    "clang-version.sh": _clang_version,
    "gcc-check-fpatchable-function-entry.sh": _patchable_entry,
    "gcc-check-mprofile-kernel.sh": _mprofile_kernel,
    "gcc-thunk-extern.sh": _thunk_extern,
    "gcc-version.sh": _gcc_version,
    "ld-version.sh": _ld_version,
    "lld-version.sh": _lld_version,
    "pahole-version.sh": _pahole_version,
    "rust_is_available.sh": _rust_is_available,
    "rustc-llvm-version.sh": _rustc_llvm_version,
    "rustc-version.sh": _rustc_version,
}
