"""One answer about a whole tree: cold, warm, and without the tree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.processes import Conf, beside, cold, fresh_kcheck, say
from bench.results import Row, Seconds, TimesConf

COLD_ROUNDS = 7
ROUNDS = 11

# Symbols all over the tree; the first is asked about throughout.
SYMBOL = "LIVEPATCH"
OTHERS = (
    *("BTRFS_FS", "KVM_INTEL", "DRM_AMDGPU", "ZRAM", "NF_TABLES", "SECURITY_SELINUX"),
    *("DEBUG_INFO_BTF", "SND_HDA_INTEL", "KASAN", "BPF_LSM", "USB4"),
)


def explain_command(tree: str, symbol: str = SYMBOL) -> tuple[str, ...]:
    """The words that ask about a symbol on x86_64."""
    return ("explain", symbol, "--tree", tree, "--arch", "x86_64")


def measured(tree: Path, version: str, conf: Conf) -> Iterator[Row]:
    """Rows of `kcheck explain`."""
    ours = explain_command(str(tree))
    say("explain, cold")
    pairs, mib = beside(conf, COLD_ROUNDS, lambda: cold(*ours))
    yield Row("kcheck", f"explain {SYMBOL}, cold", pairs, mib, (TimesConf(1.3),))
    say("explain, warm")
    limits = (TimesConf(0.15), Seconds(0.25))
    with fresh_kcheck() as kcheck:
        kcheck(*ours)
        pairs, mib = beside(conf, ROUNDS, lambda: kcheck(*ours))
        yield Row("kcheck", f"explain {SYMBOL}, again", pairs, mib, limits)
        # Each is asked about once, after LIVEPATCH alone has been.
        others = iter(OTHERS)
        pairs, mib = beside(
            conf, len(OTHERS), lambda: kcheck(*explain_command(str(tree), next(others)))
        )
        yield Row("kcheck", "explain another symbol, same tree", pairs, mib, limits)
    say("explain from a snapshot")
    with fresh_kcheck() as kcheck:
        # The compiler has been asked, as it has from the second time on.
        kcheck(*explain_command(version))
        pairs, mib = beside(conf, ROUNDS, lambda: kcheck(*explain_command(version)))
        yield Row("kcheck", f"explain {SYMBOL}, snapshot, again", pairs, mib, (Seconds(0.3),))
