"""A bulk change killed in the middle: taken back, then made again, killed again, finished and taken back.

Run by ``python -m tests.benchmarks.bulk [FILES [MOMENTS]]``: 1,000 files and 30 random moments, unless told
otherwise. After each kill every file is old or new; after an undo all are old, after the same command again
all are new. The first broken promise ends it.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.cli.helpers import PROGRAM, ROOT, vmx

_LEFT_OUT = 'scsi0:1.mode = "independent-persistent"'
_CHANGE = ("set", "--each", "vms", "--where", "mode:independent-persistent", "--snapshot", "--yes")
_SEED = 20261128


class Fleet:
    """Many machines in a folder, and the program run on them."""

    def __init__(self, folder: Path, number: int) -> None:
        self._folder = folder
        self.files = []
        for count in range(number):
            home = folder / "vms" / f"vm-{count:04}"
            home.mkdir(parents=True)
            self.files.append(vmx(home, _LEFT_OUT, display=f"vm-{count:04}"))
        self.before = [path.read_bytes() for path in self.files]
        self.after = [data.replace(b"independent-persistent", b"persistent") for data in self.before]

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """The program, at work."""
        env = {**os.environ, "PYTHONPATH": str(ROOT), "DISKMODE_STATE": str(self._folder / "state")}
        return subprocess.Popen(
            [*PROGRAM, *words], cwd=self._folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )

    def run(self, *words: str) -> int:
        """The program, to its end."""
        process = self.start(*words)
        _, said = process.communicate()
        if process.returncode not in (0, 2):
            raise AssertionError(f"{words}: status {process.returncode}: {said.decode()[-400:]}")
        return process.returncode

    def killed(self, seconds: float) -> int:
        """Begin the change, kill it after so long; how many files are new. Each is old or new."""
        process = self.start(*_CHANGE)
        time.sleep(seconds)
        process.kill()
        process.communicate()
        return self.new()

    def new(self) -> int:
        """How many files are new; each is old or new."""
        count = 0
        for path, before, after in zip(self.files, self.before, self.after, strict=True):
            data = path.read_bytes()
            if data not in (before, after):
                raise AssertionError(f"{path} is neither old nor new")
            count += data == after
        return count


def _demand(fleet: Fleet, wanted: int, what: str) -> None:
    if (found := fleet.new()) != wanted:
        raise AssertionError(f"{what}: {found} files are new, not {wanted}")


def main() -> None:
    """Kill, take back, finish, and print what was met."""
    given = [int(word) for word in sys.argv[1:]]
    number, moments = (*given, *(1_000, 30)[len(given) :])
    chance = random.Random(_SEED)
    with tempfile.TemporaryDirectory() as name:
        fleet = Fleet(Path(name), number)
        began = time.monotonic()
        fleet.run(*_CHANGE)
        lasts = time.monotonic() - began
        _demand(fleet, number, "the whole change")
        fleet.run("undo", "--last", "--yes")
        _demand(fleet, 0, "the whole undo")
        reached = []
        for _ in range(moments):
            moment = chance.uniform(0.0, lasts)
            reached.append(fleet.killed(moment))
            if fleet.run("undo", "--last", "--yes") != 0 and reached[-1]:
                raise AssertionError("there is no change to undo")
            _demand(fleet, 0, "undone after a kill")
            fleet.killed(moment)
            fleet.run(*_CHANGE)
            _demand(fleet, number, "finished after a kill")
            fleet.run("undo", "--last", "--yes")
            _demand(fleet, 0, "undone after it was finished")
    inside = sum(0 < one < number for one in reached)
    print(f"{number:,} files, {moments} random moments, {inside} inside the change; {lasts:.1f} s a change")
    print(f"files new at the kill: {', '.join(str(one) for one in sorted(reached))}")
    print("after each: every file old or new; undo: all as before; again: all as wanted; undo: all as before")


if __name__ == "__main__":
    main()
