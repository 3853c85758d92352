"""kcheck doctor: every fact in each of its states, on systems made of a few small files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import jsonschema
import pytest

from kcheck.doctor.effects import Effect
from kcheck.doctor.examine import Checkup, Outlook, examine
from kcheck.doctor.facts import (
    Fact,
    FolderMissing,
    FolderThere,
    FtraceOff,
    FtraceOn,
    KallsymsHidden,
    KallsymsShown,
    Lockdown,
    LockMode,
    ModulesDisabled,
    ModulesLoad,
    NoFtrace,
    NoKallsyms,
    NoLockdown,
    NoModules,
    NoPatches,
    NoSignatures,
    OptionOff,
    OptionOn,
    OptionStale,
    Patch,
    Pointers,
    Refusal,
    Reliable,
    SignaturesEnforced,
    SignaturesOptional,
    Tainted,
    Task,
    Topic,
    Unknown,
    Unreliable,
    Waiting,
)
from kcheck.report.doctor import doctor_json, doctor_text, headline
from kcheck.report.facts import meaning_of, value_of
from kcheck.trees.running import System
from tests.conftest import Kcheck

SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "doctor.schema.json").read_text())
RELEASE = "6.12.48"
SYSCTL = "proc/sys/kernel"
FTRACE = f"{SYSCTL}/ftrace_enabled"
DISABLED = f"{SYSCTL}/modules_disabled"
ENFORCE = "sys/module/module/parameters/sig_enforce"
LOCKDOWN = "sys/kernel/security/lockdown"
PATCHES = "sys/kernel/livepatch"
CONFIG = """\
# Linux/x86 6.12.48 Kernel Configuration
CONFIG_LIVEPATCH=y
CONFIG_STACKTRACE=y
CONFIG_HAVE_RELIABLE_STACKTRACE=y
CONFIG_MODULE_SIG=y
CONFIG_SECURITY_LOCKDOWN_LSM=y
"""
WELL = {
    FTRACE: "1\n",
    DISABLED: "0\n",
    f"{SYSCTL}/tainted": "0\n",
    f"{SYSCTL}/kptr_restrict": "0\n",
    "proc/kallsyms": "0000000000000000 A cpu_data\nffffffff81000000 T _text\n",
    "proc/version": "Linux version 6.12.48\n",
    ENFORCE: "N\n",
    LOCKDOWN: "[none] integrity confidentiality\n",
}
WELL_REPORT = """\
a livepatch can be loaded
  linux 6.12.48  x86_64  /proc/config.gz
  fine     LIVEPATCH       y             the kernel is built for livepatches
           in sysfs        there         /sys/kernel/livepatch: the running
                                         kernel takes livepatches
           stack traces    reliable      tasks that sleep can be switched to a
                                         patch
           modules         on            a livepatch is a module, and modules
                                         can be loaded
           signatures      not enforced  an unsigned patch loads, and taints the
                                         kernel (E)
           lockdown        none          nothing is locked down
           ftrace_enabled  1             functions can be redirected
           patch           none          no livepatch is loaded
           tainted         0             the kernel is not tainted
           kallsyms        there         /proc/kallsyms has addresses for tools
                                         that look symbols up
           kptr_restrict   0             kernel addresses are not restricted
"""
ILL_REPORT = """\
a livepatch cannot be loaded: 2 reasons
  linux 6.12.48  x86_64  /boot/config-6.12.48
  blocks   ftrace_enabled  0         a patch is refused (EBUSY); sysctl
                                     kernel.ftrace_enabled=1 helps
           patch           livepatch_cve_2026_0001
                                     cumulative, being enabled, number 2 in
                                     order: any other is refused until that is
                                     done (EBUSY); 5 tasks wait: qemu (30),
                                     cpu-1 (31), kworker/0:1 (40) and 2 more;
                                     its `force` ends that, at a risk
  know     signatures      enforced  sig_enforce: a patch has to be signed with
                                     a key that the kernel trusts (else
                                     EKEYREJECTED)
           tainted         PDEK      P: a proprietary module was loaded; D: the
                                     kernel has had an oops: tasks may hang and
                                     hold up a transition; E: an unsigned module
                                     was loaded; K: a livepatch has been loaded
           kallsyms        zeros     /proc/kallsyms hides addresses from this
                                     user; livepatches do not need it
           kptr_restrict   2         kernel addresses are hidden from root, too;
                                     livepatches do not need them
  unknown  lockdown        ?         /sys/kernel/security/lockdown: no such
                                     file; is securityfs mounted?
  fine     LIVEPATCH       y         the kernel is built for livepatches
           in sysfs        there     /sys/kernel/livepatch: the running kernel
                                     takes livepatches
           stack traces    reliable  tasks that sleep can be switched to a patch
           modules         on        a livepatch is a module, and modules can be
                                     loaded
           patch           older     enabled, number 1 in order, all tasks use
                                     it
  note     passed over /proc/config.gz: its gzip data is cut short
"""


class Machine:
    """A root folder in which all is well, until a test changes it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.release = RELEASE
        for name, text in WELL.items():
            self.put(name, text)
        (root / PATCHES).mkdir()
        self.config(CONFIG)

    def put(self, name: str, text: str | None) -> None:
        """Write a file, or take it away."""
        path = self.root / name
        path.unlink(missing_ok=True)
        if text is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def config(self, text: str | None) -> None:
        path = self.root / "proc" / "config.gz"
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_bytes(gzip.compress(text.encode()))

    def patch(self, name: str, **files: str) -> None:
        for file, text in files.items():
            self.put(f"{PATCHES}/{name}/{file}", f"{text}\n")

    def thread(self, pid: int, thread: int, name: str, state: str) -> None:
        self.put(f"proc/{pid}/task/{thread}/comm", f"{name}\n")
        self.put(f"proc/{pid}/task/{thread}/patch_state", f"{state}\n")

    def examine(self) -> Checkup:
        return examine(System(self.root, self.release, "x86_64"))

    def said(self, topic: Topic) -> tuple[Fact, Effect]:
        ((fact, effect),) = self.all_said(topic)
        return fact, effect

    def all_said(self, topic: Topic) -> list[tuple[Fact, Effect]]:
        """What is said of it; every report on the way is made, and held to what it promises."""
        found = self.examine()
        document = json.loads(doctor_json(found))
        jsonschema.validate(document, SCHEMA)
        assert len(document["facts"]) == len(found.items)
        for row in doctor_text(found).splitlines():
            assert len(row) <= 80 or row.startswith("  next")
        return [(item.fact, item.effect) for item in found.items if item.topic is topic]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "root")


def test_where_all_is_well(machine: Machine) -> None:
    found = machine.examine()
    assert doctor_text(found) == WELL_REPORT
    assert found.outlook is Outlook.LOADABLE
    assert not found.must_be_signed
    assert {item.effect for item in found.items} == {Effect.FINE}


def test_where_much_is_not(machine: Machine) -> None:
    machine.put("boot/config-6.12.48", CONFIG)
    (machine.root / "proc" / "config.gz").write_bytes(gzip.compress(CONFIG.encode())[:-9])
    machine.put(FTRACE, "0\n")
    machine.put(ENFORCE, "Y\n")
    machine.put(LOCKDOWN, None)
    machine.put(f"{SYSCTL}/tainted", f"{1 << 0 | 1 << 7 | 1 << 13 | 1 << 15}\n")
    machine.put("proc/kallsyms", "0000000000000000 T _text\n0000000000000000 T _stext\n")
    machine.put(f"{SYSCTL}/kptr_restrict", "2\n")
    machine.patch("older", enabled="1", transition="0", force="", replace="0", stack_order="1")
    name = "livepatch_cve_2026_0001"
    machine.patch(name, enabled="1", transition="1", force="", replace="1", stack_order="2")
    for pid, thread, comm, state in (
        (1, 1, "systemd", "1"),
        (30, 30, "qemu", "0"),
        (30, 31, "cpu-1", "0"),
        (40, 40, "kworker/0:1", "0"),
        (50, 50, "late", "0"),
        (60, 60, "later", "0"),
        (70, 70, "new", "-1"),
    ):
        machine.thread(pid, thread, comm, state)
    found = machine.examine()
    assert doctor_text(found) == ILL_REPORT
    document = json.loads(doctor_json(found))
    jsonschema.validate(document, SCHEMA)
    assert (document["outlook"], document["must_be_signed"]) == ("refused", True)
    assert (document["blocked_by"], document["unknown"]) == (2, 1)
    assert document["system"]["config"] == "/boot/config-6.12.48"


def without(name: str, text: str = CONFIG) -> str:
    return "".join(line for line in text.splitlines(True) if f"CONFIG_{name}=" not in line)


def test_the_option(machine: Machine) -> None:
    assert machine.said(Topic.LIVEPATCH) == (OptionOn(), Effect.FINE)
    machine.config(without("LIVEPATCH"))
    assert machine.said(Topic.LIVEPATCH) == (OptionStale(), Effect.KNOW)
    assert machine.said(Topic.FOLDER) == (FolderThere(), Effect.FINE)
    assert machine.examine().outlook is Outlook.LOADABLE
    (machine.root / PATCHES).rmdir()
    assert machine.said(Topic.LIVEPATCH) == (OptionOff(offered=False), Effect.BLOCKS)
    assert machine.said(Topic.FOLDER) == (FolderMissing(told=True), Effect.KNOW)
    machine.config(without("LIVEPATCH") + "# CONFIG_LIVEPATCH is not set\n")
    assert machine.said(Topic.LIVEPATCH) == (OptionOff(offered=True), Effect.BLOCKS)
    machine.config(None)
    fact, effect = machine.said(Topic.LIVEPATCH)
    assert (type(fact), effect) == (Unknown, Effect.UNKNOWN)


def test_what_to_ask_next_of_a_kernel_without_it(machine: Machine) -> None:
    machine.config(without("LIVEPATCH"))
    (machine.root / PATCHES).rmdir()
    assert doctor_text(machine.examine()).endswith("\n  next     kcheck explain LIVEPATCH\n")


def test_the_folder(machine: Machine) -> None:
    assert machine.said(Topic.FOLDER) == (FolderThere(), Effect.FINE)
    (machine.root / PATCHES).rmdir()
    assert machine.said(Topic.FOLDER) == (FolderMissing(told=False), Effect.BLOCKS)
    assert machine.all_said(Topic.PATCH) == []
    machine.config(None)
    assert machine.said(Topic.FOLDER) == (FolderMissing(told=False), Effect.BLOCKS)
    machine.put(LOCKDOWN, None)
    (machine.root / LOCKDOWN).parent.rmdir()
    (machine.root / "sys" / "kernel").rmdir()
    assert machine.said(Topic.FOLDER)[1] is Effect.UNKNOWN


@pytest.mark.parametrize(
    ("release", "fact", "effect"),
    [
        ("4.12.0", Unreliable(Refusal.UNLESS_IMMEDIATE), Effect.KNOW),
        ("4.15.18", Unreliable(Refusal.UNLESS_IMMEDIATE), Effect.KNOW),
        ("4.16.0", Unreliable(Refusal.ALWAYS), Effect.BLOCKS),
        ("5.1.21", Unreliable(Refusal.ALWAYS), Effect.BLOCKS),
        ("5.2.0", Unreliable(Refusal.NEVER), Effect.KNOW),
        ("7.3.4", Unreliable(Refusal.NEVER), Effect.KNOW),
        ("mine", Unknown("no version in 'mine'"), Effect.UNKNOWN),
    ],
)
@pytest.mark.parametrize("missing", ["STACKTRACE", "HAVE_RELIABLE_STACKTRACE"])
def test_stack_traces(
    machine: Machine, release: str, fact: Fact, effect: Effect, missing: str
) -> None:
    machine.release = release
    assert machine.said(Topic.STACK_TRACES) == (Reliable(), Effect.FINE)
    machine.config(without(missing))
    assert machine.said(Topic.STACK_TRACES) == (fact, effect)
    machine.config(None)
    assert machine.said(Topic.STACK_TRACES)[1] is Effect.UNKNOWN


def test_stack_traces_are_no_matter_before_4_12(machine: Machine) -> None:
    machine.release = "4.11.6"
    assert machine.all_said(Topic.STACK_TRACES) == []


def test_modules(machine: Machine) -> None:
    assert machine.said(Topic.MODULES) == (ModulesLoad(), Effect.FINE)
    machine.put(DISABLED, "1\n")
    assert machine.said(Topic.MODULES) == (ModulesDisabled(), Effect.BLOCKS)
    machine.put(DISABLED, None)
    assert machine.said(Topic.MODULES) == (NoModules(), Effect.BLOCKS)
    assert machine.all_said(Topic.SIGNATURES) == []
    machine.put(f"{SYSCTL}/tainted", None)
    assert machine.said(Topic.MODULES)[1] is Effect.UNKNOWN


def test_signatures(machine: Machine) -> None:
    assert machine.said(Topic.SIGNATURES) == (SignaturesOptional(), Effect.FINE)
    machine.put(ENFORCE, "Y\n")
    assert machine.said(Topic.SIGNATURES) == (SignaturesEnforced("sig_enforce"), Effect.KNOW)
    assert machine.examine().must_be_signed
    machine.put(ENFORCE, "perhaps\n")
    assert machine.said(Topic.SIGNATURES) == (
        Unknown(f"/{ENFORCE}: says 'perhaps'"),
        Effect.UNKNOWN,
    )
    machine.put(ENFORCE, None)
    assert machine.said(Topic.SIGNATURES)[1] is Effect.UNKNOWN
    machine.config(CONFIG + "CONFIG_MODULE_SIG_FORCE=y\n")
    assert machine.said(Topic.SIGNATURES) == (SignaturesEnforced("MODULE_SIG_FORCE"), Effect.KNOW)
    machine.config(without("MODULE_SIG"))
    assert machine.said(Topic.SIGNATURES) == (NoSignatures(), Effect.FINE)
    machine.config(None)
    assert machine.said(Topic.SIGNATURES)[1] is Effect.UNKNOWN


@pytest.mark.parametrize("mode", LockMode)
def test_lockdown(machine: Machine, mode: LockMode) -> None:
    modes = [f"[{each.value}]" if each is mode else each.value for each in LockMode]
    machine.put(LOCKDOWN, " ".join(modes) + "\n")
    off = mode is LockMode.NONE
    assert machine.said(Topic.LOCKDOWN) == (Lockdown(mode), Effect.FINE if off else Effect.KNOW)
    assert machine.examine().must_be_signed is not off
    assert ("if it is signed" in headline(machine.examine())) is not off


def test_lockdown_that_is_not_there(machine: Machine) -> None:
    machine.put(LOCKDOWN, "none integrity\n")
    assert machine.said(Topic.LOCKDOWN) == (
        Unknown(f"/{LOCKDOWN}: says 'none integrity'"),
        Effect.UNKNOWN,
    )
    machine.put(LOCKDOWN, None)
    assert machine.said(Topic.LOCKDOWN)[1] is Effect.UNKNOWN
    machine.config(without("SECURITY_LOCKDOWN_LSM"))
    assert machine.said(Topic.LOCKDOWN) == (NoLockdown(), Effect.FINE)
    # Distributions had it under another name.
    machine.release = "4.19.0"
    assert machine.said(Topic.LOCKDOWN)[1] is Effect.UNKNOWN
    machine.release = RELEASE
    machine.config(None)
    assert machine.said(Topic.LOCKDOWN)[1] is Effect.UNKNOWN


@pytest.mark.parametrize(
    ("release", "refused"), [("4.4.155", False), ("5.4.286", False), ("5.5.0", True), ("x", True)]
)
def test_ftrace_switched_off(machine: Machine, release: str, refused: bool) -> None:
    machine.release = release
    machine.config(None)
    assert machine.said(Topic.FTRACE) == (FtraceOn(), Effect.FINE)
    machine.put(FTRACE, "0\n")
    effect = Effect.BLOCKS if refused else Effect.DEFEATS
    assert machine.said(Topic.FTRACE) == (FtraceOff(refused), effect)
    outlook = Outlook.REFUSED if refused else Outlook.WITHOUT_EFFECT
    assert machine.examine().outlook is outlook


def test_ftrace_not_there(machine: Machine) -> None:
    machine.put(FTRACE, None)
    assert machine.said(Topic.FTRACE) == (NoFtrace(), Effect.KNOW)
    machine.put(f"{SYSCTL}/tainted", None)
    assert machine.said(Topic.FTRACE)[1] is Effect.UNKNOWN


def test_no_patch_is_loaded(machine: Machine) -> None:
    assert machine.said(Topic.PATCH) == (NoPatches(), Effect.FINE)


def test_patches_of_an_early_kernel(machine: Machine) -> None:
    machine.release = "4.4.155"
    machine.patch("first", enabled="1")
    machine.patch("second", enabled="0")
    on = Patch("first", True, False, False, None, None, None, False)
    off = Patch("second", False, False, False, None, None, None, True)
    assert machine.all_said(Topic.PATCH) == [(on, Effect.FINE), (off, Effect.BLOCKS)]


def test_a_disabled_patch_of_today_is_in_nobody_s_way(machine: Machine) -> None:
    machine.patch("p", enabled="0", transition="0", force="", replace="0", stack_order="1")
    patch = Patch("p", False, False, True, False, 1, None, False)
    assert machine.said(Topic.PATCH) == (patch, Effect.KNOW)
    machine.release = "5.1.0"
    assert machine.said(Topic.PATCH) == (patch, Effect.KNOW)
    machine.release = "5.0.21"
    assert machine.said(Topic.PATCH)[1] is Effect.BLOCKS


def waiting(machine: Machine) -> Waiting | Unknown | None:
    fact, effect = machine.said(Topic.PATCH)
    assert isinstance(fact, Patch)
    assert effect is Effect.BLOCKS
    return fact.waiting


def test_whom_a_patch_being_disabled_waits_for(machine: Machine) -> None:
    machine.patch("p", enabled="0", transition="1")
    machine.thread(1, 1, "done", "0")
    machine.thread(2, 2, "slow", "1")
    machine.thread(2, 3, "idle", "-1")
    assert waiting(machine) == Waiting(1, (Task(2, "slow"),))
    machine.thread(2, 2, "slow", "0")
    assert waiting(machine) == Waiting(0, ())


def test_the_first_of_many_are_named_in_order(machine: Machine) -> None:
    machine.patch("p", enabled="1", transition="1")
    for pid in (100, 9, 20, 3):
        machine.thread(pid, pid, f"t{pid}", "0")
    assert waiting(machine) == Waiting(4, (Task(3, "t3"), Task(9, "t9"), Task(20, "t20")))


def test_a_task_whose_state_cannot_be_read_makes_the_count_unknown(machine: Machine) -> None:
    machine.patch("p", enabled="1", transition="1")
    machine.thread(1, 1, "mine", "0")
    (machine.root / "proc" / "2" / "task" / "2" / "patch_state").mkdir(parents=True)
    assert waiting(machine) == Unknown("/proc/2/task/2/patch_state: is a directory")


def test_a_task_that_ends_meanwhile_is_left_out(machine: Machine) -> None:
    machine.patch("p", enabled="1", transition="1")
    machine.thread(1, 1, "mine", "0")
    (machine.root / "proc" / "2").mkdir()
    (machine.root / "proc" / "3" / "task" / "3").mkdir(parents=True)
    assert waiting(machine) == Waiting(1, (Task(1, "mine"),))
    machine.put("proc/1/task/1/patch_state", None)
    assert waiting(machine) == Unknown("/proc/PID/task/TID/patch_state: none there")


def test_a_task_that_ends_while_it_is_read(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.patch("p", enabled="1", transition="1")
    machine.thread(1, 1, "mine", "0")
    machine.thread(2, 2, "gone", "0")
    real = Path.open

    def end(self: Path, mode: str) -> object:
        if self == machine.root / "proc/2/task/2/patch_state":
            raise ProcessLookupError(3, "No such process", str(self))
        return real(self, mode)

    monkeypatch.setattr(Path, "open", end)
    assert waiting(machine) == Waiting(1, (Task(1, "mine"),))


def test_a_patch_that_cannot_be_read(machine: Machine) -> None:
    (machine.root / PATCHES / "p").mkdir()
    assert machine.said(Topic.PATCH)[1] is Effect.UNKNOWN
    machine.patch("p", enabled="yes")
    assert machine.said(Topic.PATCH) == (
        Unknown(f"/{PATCHES}/p/enabled: says 'yes'"),
        Effect.UNKNOWN,
    )
    machine.patch("p", enabled="1", transition="")
    assert machine.said(Topic.PATCH) == (
        Unknown(f"/{PATCHES}/p/transition: is empty"),
        Effect.UNKNOWN,
    )


@pytest.mark.parametrize(
    ("value", "letters", "effect"),
    [
        (0, "0", Effect.FINE),
        (1 << 15, "K", Effect.FINE),
        (1 << 13, "E", Effect.KNOW),
        (1 << 15 | 1 << 12, "OK", Effect.KNOW),
        ((1 << 20) - 1, "PFSRMBUDAWCIOELKXTNJ", Effect.KNOW),
        (1 << 20, "?", Effect.KNOW),
    ],
)
def test_tainted(machine: Machine, value: int, letters: str, effect: Effect) -> None:
    machine.put(f"{SYSCTL}/tainted", f"{value}\n")
    fact, found = machine.said(Topic.TAINTED)
    assert (value_of(fact), found) == (letters, effect)
    assert isinstance(fact, Tainted)
    assert sum(1 << bit for bit in fact.bits) == value


def test_tainted_by_what(machine: Machine) -> None:
    machine.put(f"{SYSCTL}/tainted", f"{1 << 12 | 1 << 15 | 1 << 21}\n")
    assert meaning_of(machine.said(Topic.TAINTED)[0]) == (
        "O: a module from outside of the tree was loaded; K: a livepatch has been loaded;"
        " bit 21: newer than kcheck"
    )


@pytest.mark.parametrize(
    ("text", "fact", "effect"),
    [
        ("0 A a\nffff8000 T _text\n", KallsymsShown(), Effect.FINE),
        ("0000 A a\n0000 T _text\n", KallsymsHidden(), Effect.KNOW),
        (None, NoKallsyms(), Effect.KNOW),
        ("", Unknown("/proc/kallsyms: is empty"), Effect.UNKNOWN),
    ],
)
def test_kallsyms(machine: Machine, text: str | None, fact: Fact, effect: Effect) -> None:
    machine.put("proc/kallsyms", text)
    assert machine.said(Topic.KALLSYMS) == (fact, effect)


def test_kallsyms_where_proc_is_not_mounted(machine: Machine) -> None:
    machine.put("proc/kallsyms", None)
    machine.put("proc/version", None)
    assert machine.said(Topic.KALLSYMS)[1] is Effect.UNKNOWN


@pytest.mark.parametrize(("level", "effect"), [(0, "fine"), (1, "fine"), (2, "know")])
def test_pointers(machine: Machine, level: int, effect: str) -> None:
    machine.put(f"{SYSCTL}/kptr_restrict", f"{level}\n")
    assert machine.said(Topic.POINTERS) == (Pointers(level), Effect(effect))


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        (DISABLED, Topic.MODULES),
        (ENFORCE, Topic.SIGNATURES),
        (LOCKDOWN, Topic.LOCKDOWN),
        (FTRACE, Topic.FTRACE),
        (f"{SYSCTL}/tainted", Topic.TAINTED),
        ("proc/kallsyms", Topic.KALLSYMS),
        (f"{SYSCTL}/kptr_restrict", Topic.POINTERS),
    ],
)
def test_what_cannot_be_read_is_unknown_and_said(
    machine: Machine, name: str, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = machine.root / name
    real = Path.open

    def deny(self: Path, mode: str) -> object:
        if self == refused:
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, mode)

    monkeypatch.setattr(Path, "open", deny)
    expected = (Unknown(f"/{name}: permission denied"), Effect.UNKNOWN)
    assert machine.said(topic) == expected
    found = machine.examine()
    assert headline(found) == "a livepatch can be loaded, as far as can be seen (1 fact unknown)"
    monkeypatch.undo()
    machine.put(name, None)
    refused.mkdir()
    assert machine.said(topic) == (Unknown(f"/{name}: is a directory"), Effect.UNKNOWN)


def test_an_empty_root_is_unknown_throughout(tmp_path: Path) -> None:
    found = examine(System(tmp_path, RELEASE, "x86_64"))
    assert {item.effect for item in found.items} == {Effect.UNKNOWN}
    assert found.outlook is Outlook.UNSEEN
    said = f"whether a livepatch can be loaded cannot be seen ({len(found.items)} facts unknown)"
    assert headline(found) == said
    assert doctor_text(found).splitlines()[1].endswith("no config found")
    jsonschema.validate(json.loads(doctor_json(found)), SCHEMA)


def test_headlines(machine: Machine) -> None:
    machine.put(FTRACE, "0\n")
    assert headline(machine.examine()) == "a livepatch cannot be loaded: 1 reason"
    machine.release = "4.19.0"
    machine.put(ENFORCE, "Y\n")
    assert headline(machine.examine()) == (
        "a livepatch can be loaded, if it is signed, but changes nothing"
    )


def test_the_command(kcheck: Kcheck) -> None:
    made = kcheck("doctor")
    document = json.loads(kcheck("doctor", "--format", "json").stdout)
    jsonschema.validate(document, SCHEMA)
    assert made.stderr == ""
    assert "\x1b" not in made.stdout
    assert made.stdout.startswith(("a livepatch can", "whether a livepatch can"))
    assert made.returncode == (document["outlook"] in ("refused", "without-effect"))
    assert "\x1b[1ma livepatch" in kcheck("doctor", "--color", "always").stdout.replace(
        "whether a", "a"
    )
    refused = kcheck("doctor", "--format", "xml")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "kcheck: --format 'xml': not text or json\n"
