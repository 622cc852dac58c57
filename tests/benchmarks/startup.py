"""How soon the command line answers: beside an interpreter that only loads lxml, in turn, in one run.

Run by ``python -m tests.benchmarks.startup [--rounds 20]``. Ratios hold from machine to machine, seconds do
not.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks.compiled import compiled_in

TARGET = 3
_SAMPLES = Path(__file__).parents[2] / "sample_vms"
_YARDSTICK = "import lxml.etree"
_COMMANDS: Mapping[str, tuple[str, ...]] = {
    _YARDSTICK: ("-c", _YARDSTICK),
    "pass": ("-c", "pass"),
    "diskmode --version": ("-m", "tui", "--version"),
    "diskmode show, VMX": ("-m", "tui", "show", str(_SAMPLES / "esxi8-web01.vmx")),
    "diskmode show, domain XML": ("-m", "tui", "show", str(_SAMPLES / "kvm-app01.xml")),
    "diskmode audit, one VMX": ("-m", "tui", "audit", str(_SAMPLES / "esxi8-web01.vmx")),
}


def seconds_of(words: Sequence[str], environment: Mapping[str, str]) -> float:
    """One run, from start to end; its status does not count: an audit may have found something."""
    start = time.perf_counter()
    subprocess.run(
        (sys.executable, *words),
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return time.perf_counter() - start


def main() -> None:
    """Run everything in turn and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    taken: dict[str, list[float]] = {name: [] for name in _COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        environment = compiled_in(Path(folder))
        for words in _COMMANDS.values():
            seconds_of(words, environment)
        for _ in range(rounds):
            for name, words in _COMMANDS.items():
                taken[name].append(seconds_of(words, environment))
    base = median(taken[_YARDSTICK])
    print(f"medians of {rounds} runs in turn; aim: show at most {TARGET}x {_YARDSTICK!r}")
    for name, seconds in taken.items():
        print(f"{name:28} {median(seconds) * 1e3:7.1f} ms  {median(seconds) / base:5.2f}x")


if __name__ == "__main__":
    main()
