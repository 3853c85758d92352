"""`kcheck check --rules livepatch` on one config and on many, beside one run of conf.

    python -m bench.check [COUNT]

The configs are Debian's of five versions, for amd64 and for all of its architectures, each with
thirty lines changed by chance, so that no two are alike; they are judged by the snapshots.  Of
amd64's most pass, of all architectures' nearly none, since Debian has LIVEPATCH off there.
Memory is that of the largest process.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

from bench.processes import conf_environment, conf_folder, measure
from tests.real.fetch_trees import trees_folder
from tests.real.kernel_conf import conf_of, tree_path
from tests.real.mutate import mutated

ROUNDS = 5
CHANGES = 30
KCHECK = (sys.executable, "-m", "kcheck", "check", "--rules", "livepatch")


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    tree = tree_path("7.3")
    conf = [str(conf_of(tree)), "--olddefconfig", "Kconfig"]
    with tempfile.TemporaryDirectory() as name, conf_folder() as work:
        folder = Path(name)
        amd64 = _made(folder / "amd64", "config.amd64*", count)
        configs = _made(folder / "all", "config*", count)
        environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        passing, failing = folder / "passing.config", folder / "failing.config"
        whole = sorted(trees_folder().glob("configs-7.3/config.amd64_none_amd64"))[0].read_text()
        passing.write_text(whole)
        failing.write_text(whole.replace("CONFIG_LIVEPATCH=y", "# CONFIG_LIVEPATCH is not set"))
        judged = [
            measure(conf, work, conf_environment(tree, "x86_64"), (0,))[0] for _ in range(ROUNDS)
        ]
        base = statistics.median(judged)
        rows = [
            ("one config that passes", [passing]),
            ("one that fails", [failing]),
            (f"{count // 10} of amd64", amd64[: count // 10]),
            (f"{count} of amd64", amd64),
            (f"{count} of all architectures", configs),
        ]
        print(f"{os.cpu_count()} processors; conf --olddefconfig of 7.3 x86_64 takes {base:.2f} s")
        for what, files in rows:
            command = [*KCHECK, *map(str, files), "--output", str(folder / "report")]
            measure(command, folder, environment, (0, 1))
            taken = [
                measure(command, folder, environment, (0, 1))
                for _ in range(ROUNDS if len(files) == 1 else 2)
            ]
            seconds = statistics.median(each[0] for each in taken)
            memory = max(each[1] for each in taken)
            print(
                f"  {what:26} {seconds:6.2f} s   {seconds / base:5.2f} of conf   {memory:4.0f} MiB"
            )


def _made(folder: Path, names: str, count: int) -> list[Path]:
    """So many configs, no two alike."""
    folder.mkdir()
    sources = sorted(trees_folder().glob(f"configs-*/{names}"))
    made: list[Path] = []
    for number in range(count):
        source = sources[number % len(sources)]
        path = folder / f"{number:05}.config"
        path.write_bytes(mutated(source.read_bytes(), f"{source.name} {number}", CHANGES))
        made.append(path)
    return made


if __name__ == "__main__":
    main()
