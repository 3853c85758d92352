"""The livepatches that a kernel knows, and which tasks a transition waits for.

/sys/kernel/livepatch/PATCH has `enabled`; seen from 4.12 on `transition`, from 4.16 `force`,
from 6.13 `replace`, from 6.17 `stack_order` (kernel/livepatch/core.c).
"""

from __future__ import annotations

from kcheck.doctor.facts import NoPatches, Patch, Task, Unknown, Waiting
from kcheck.doctor.files import Absent, folders_in, is_there, number_of, text_of
from kcheck.trees.running import System

FOLDER = "/sys/kernel/livepatch"
_NAMED = 3
"""How many of the waiting tasks are named."""
_IN_ANY_ORDER = (5, 1)
"""Atomic replace came with it and the order of patches went; 4.20 has the order, 5.4 has not."""
_NO_TRANSITION = -1


def loaded_patches(system: System) -> tuple[Patch | NoPatches | Unknown, ...]:
    """Each patch in the order of its name; none where the folder is not there."""
    names = folders_in(system, FOLDER)
    if isinstance(names, Absent):
        return ()
    if isinstance(names, Unknown):
        return (names,)
    return tuple(_patch(system, name) for name in names) or (NoPatches(),)


def _patch(system: System, name: str) -> Patch | Unknown:
    folder = f"{FOLDER}/{name}"
    enabled = number_of(system, f"{folder}/enabled")
    if isinstance(enabled, Absent):
        return Unknown(f"{enabled.name}: no such file")
    if isinstance(enabled, Unknown):
        return enabled
    transition = number_of(system, f"{folder}/transition")
    if isinstance(transition, Unknown):
        return transition
    moving = transition == 1
    replace = number_of(system, f"{folder}/replace")
    order = number_of(system, f"{folder}/stack_order")
    return Patch(
        name,
        enabled == 1,
        moving,
        is_there(system, f"{folder}/force"),
        replace == 1 if isinstance(replace, int) else None,
        order if isinstance(order, int) else None,
        waiting_tasks(system, enabled) if moving else None,
        _is_in_the_way(system, enabled == 1),
    )


def _is_in_the_way(system: System, enabled: bool) -> bool:
    """Only the first of the disabled patches could be enabled, else EBUSY
    (__klp_enable_patch, kernel/livepatch/core.c of 4.0 to 5.0)."""
    return not enabled and system.numbers is not None and system.numbers < _IN_ANY_ORDER


def waiting_tasks(system: System, target: int) -> Waiting | Unknown:
    """The threads whose patch_state is not yet `target`: 1 patched, 0 unpatched.

    Every thread switches by itself (kernel/livepatch/transition.c).  The idle task of each
    processor does so, too, and is not in /proc.
    """
    processes = folders_in(system, "/proc")
    if not isinstance(processes, tuple):
        return processes if isinstance(processes, Unknown) else Unknown("/proc: no such folder")
    waiting: list[Task] = []
    seen = False
    for pid in sorted(int(name) for name in processes if name.isdecimal()):
        threads = folders_in(system, f"/proc/{pid}/task")
        for thread in threads if isinstance(threads, tuple) else ():
            file = f"/proc/{pid}/task/{thread}"
            state = number_of(system, f"{file}/patch_state")
            if isinstance(state, Unknown):
                # The file is its owner's to read, so one refusal makes the count a guess.
                return state
            if isinstance(state, Absent):
                continue
            seen = True
            if state not in (target, _NO_TRANSITION):
                name = text_of(system, f"{file}/comm")
                waiting.append(Task(int(thread), name if isinstance(name, str) else "?"))
    if not seen:
        return Unknown("/proc/PID/task/TID/patch_state: none there")
    return Waiting(len(waiting), tuple(waiting[:_NAMED]))
