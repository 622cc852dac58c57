"""How the program ends, as a table: a row for each state it is in, a column for each end.

Run by ``python -m tests.benchmarks.ends [STAGE or END...]``. A cell is what came true: ``lives`` (input that
nobody understands), or the exit status and how many files are new. It fails where a promise is broken.
"""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.terminal.endings import Case, End, Stage, cases


def _cell(stage: Stage, end: End) -> tuple[str, str | None]:
    with tempfile.TemporaryDirectory() as name:
        try:
            left = Case(stage, end, Path(name)).run()
        except Exception as error:
            return "BROKEN", f"{stage.value} x {end.value}: {error}"
    return "lives" if left.status is None else f"{left.status} {left.changed}new", None


def main() -> int:
    """Strike everywhere and print the table."""
    words = sys.argv[1:]
    chosen = [
        one for one in cases() if not words or any(word in (one[0].name, one[1].name) for word in words)
    ]
    with ThreadPoolExecutor(3) as pool:
        found = dict(zip(chosen, pool.map(lambda one: _cell(*one), chosen), strict=True))
    print(f"{'':24}" + "".join(f"{end.name.lower():>11}" for end in End))
    for stage in Stage:
        cells = (found.get((stage, end), ("", None))[0] for end in End)
        print(f"{stage.value:24}" + "".join(f"{cell:>11}" for cell in cells))
    broken = [said for _, said in found.values() if said]
    print(f"{len(chosen)} cells, {len(broken)} broken promises")
    for said in broken:
        print(said, file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
