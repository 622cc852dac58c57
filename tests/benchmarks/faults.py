"""What a save under faults leaves, as a table: one row for each way to save, one column for each fault.

Run by ``python -m tests.benchmarks.faults``. A cell counts the fault points and how they ended: ``=`` the old
bytes, ``>`` the new ones. A point whose promise is broken ends the program.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from itertools import count
from pathlib import Path

from tests.storage.faults import Fault, Point, Scene, points, strike


def main() -> None:
    """Strike everywhere and print the table."""
    cells: Counter[tuple[Scene, Fault, bool]] = Counter()
    endings: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        base, rooms = Path(name), count()
        (base / "traces").mkdir()
        every = list(points(base / "traces"))
        for point in every:
            room = base / str(next(rooms))
            room.mkdir()
            left = strike(point, room, _trace_of(point, every))
            cells[point.scene, point.fault, left.in_place] += 1
            endings[left.error or "done"] += 1
    scenes = list(dict.fromkeys(point.scene for point in every))
    print(f"{'':26}" + "".join(f"{scene.name.lower():>14}" for scene in scenes))
    for fault in Fault:
        kept = (f"{cells[scene, fault, False]:>4}= {cells[scene, fault, True]:>2}>" for scene in scenes)
        print(f"{fault.value:26}" + "".join(f"{cell:>14}" for cell in kept))
    ended = ", ".join(f"{number} {word}" for word, number in endings.most_common())
    print(f"{len(every)} fault points; {ended}; after each: old or new bytes, whole, nothing lost, no litter")


def _trace_of(point: Point, every: list[Point]) -> tuple[str, ...]:
    return tuple(one.step for one in every if one.scene is point.scene and one.fault is Fault.NO_SPACE)


if __name__ == "__main__":
    main()
