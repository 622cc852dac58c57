"""How fast a fleet is audited: beside grep over the same tree, in the same run, with a warm cache.

Run by ``python -m tests.benchmarks.audit [--count 10000] [--tree FOLDER] [--rounds 5]``. Ratios hold from
machine to machine, seconds do not; a busy machine slows two processes more than grep's one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks.compiled import compiled_in
from tests.benchmarks.tree import make_tree

TARGET = 8
ROUNDS = 5
_PATTERN = r"^(scsi|ide|sata|nvme)[0-9]+:[0-9]+\.mode"
_READ_ALL = (
    "import os,sys\n"
    "for folder, _, names in os.walk(sys.argv[1]):\n"
    "    for name in names:\n"
    "        with open(os.path.join(folder, name), 'rb') as file: file.read()\n"
)
_SAMPLE = 100


class Taken:
    """What runs of one command took: seconds of wall and processor time, and its largest process in MB."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.processor: list[float] = []
        self.memory = 0.0

    def run(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        """Run it once more, its output thrown away."""
        start = time.perf_counter()
        child = subprocess.Popen(words, stdout=subprocess.DEVNULL, env=environment)
        _, _, used = os.wait4(child.pid, 0)
        self.wall.append(time.perf_counter() - start)
        self.processor.append(used.ru_utime + used.ru_stime)
        self.memory = max(self.memory, used.ru_maxrss / 1024)


def commands_for(tree: Path) -> dict[str, Sequence[str]]:
    """What is measured, by name; grep first."""
    audit = (sys.executable, "-m", "tui", "audit", str(tree), "--format", "jsonl", "--fail-on", "never")
    return {
        "grep": ("grep", "-rhE", _PATTERN, str(tree)),
        "a loop that reads all files": (sys.executable, "-c", _READ_ALL, str(tree)),
        "diskmode audit": audit,
        "diskmode audit --jobs 1": (*audit, "--jobs", "1"),
    }


def measured(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Taken]:
    """Each command so many times, in turn, after one run of each that warms the caches."""
    taken = {name: Taken() for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        environment = compiled_in(Path(folder))
        for words in commands.values():
            Taken().run(words, environment)
        for _ in range(rounds):
            for name, words in commands.items():
                taken[name].run(words, environment)
    return taken


def per_file(tree: Path) -> None:
    """A process for each file, as xmllint or virt-xml are used, on a sample."""
    if shutil.which("xmllint") is None:
        print("xmllint is not installed")
        return
    sample = [str(path) for path, _ in zip(sorted(tree.rglob("*.vmxf")), range(_SAMPLE), strict=False)]
    seconds = _timed(lambda: [subprocess.run(("xmllint", "--noout", one), check=True) for one in sample])
    print(
        f"xmllint, one process for each of {len(sample)} files: {seconds / len(sample) * 1e3:.1f} ms a file"
    )


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Make the tree where none is given, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--tree", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        tree = asked.tree or Path(made)
        if asked.tree is None:
            make_tree(tree, asked.count)
        taken = measured(commands_for(tree), asked.rounds)
        base = taken["grep"]
        print(f"medians of {asked.rounds} runs in turn, {os.cpu_count()} cores; aim: {TARGET}x grep's wall")
        for name, one in taken.items():
            wall, processor = median(one.wall), median(one.processor)
            print(
                f"{name:28} {wall:7.2f} s  {wall / median(base.wall):5.1f}x wall"
                f"  {processor:7.2f} s processor  {one.memory:5.0f} MB"
            )
        per_file(tree)


if __name__ == "__main__":
    main()
