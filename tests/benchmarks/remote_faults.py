"""What a save over SSH leaves wherever it is struck, as a table: what is struck, how often, and what is left.

Run by ``python -m tests.benchmarks.remote_faults``. A point whose promise is broken ends the program.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from itertools import count
from pathlib import Path

from tests.storage.ssh.cuts import FarHost, Strike, points, use
from tui.storage import disconnect_hosts


def main() -> None:
    """Strike everywhere and print the table."""
    cells: Counter[tuple[Strike, str]] = Counter()
    endings: Counter[str] = Counter()
    total = 0
    with tempfile.TemporaryDirectory(prefix="diskmode-") as name:
        base, rooms = Path(name), count()
        (base / "far").mkdir()
        host = FarHost(base / "far")
        use(host)
        (base / "calls").mkdir()
        for point in points(host, base / "calls"):
            room = base / str(next(rooms))
            room.mkdir()
            left = host.struck(room, point)
            total += 1
            cells[point.strike, "new" if left.in_place else "old"] += 1
            cells[point.strike, "draft"] += left.draft is not None
            unknown = "is not known" in left.said
            endings["not known whether saved" if unknown else left.said.partition(":")[0]] += 1
        disconnect_hosts()
    print(f"{'':26}{'points':>8}{'old':>6}{'new':>6}{'draft':>7}")
    for strike in dict.fromkeys(one for one, _ in cells):
        old, new, draft = (cells[strike, word] for word in ("old", "new", "draft"))
        print(f"{strike.value:26}{old + new:>8}{old:>6}{new:>6}{draft:>7}")
    ended = ", ".join(f"{number} {word}" for word, number in endings.most_common())
    print(f"{total} points; {ended}")
    print("after each: the old bytes or the new ones, whole, its mode kept, one draft at most, and told of")


if __name__ == "__main__":
    main()
