"""What the largest inputs cost: opened, judged, shown, converted, edited, previewed.

Run by ``python -m tests.benchmarks.bounds [PART ...]``; a PART of a name picks inputs.
"""

from __future__ import annotations

import sys

from tests.security.bounds import INPUTS, cost


def main(parts: list[str]) -> None:
    """Print a line for each input."""
    for name, (_, size) in INPUTS.items():
        if not parts or any(part in name for part in parts):
            one = cost(name, size)
            print(
                f"{name:34} N = {size:>10,}  {one.seconds:7.2f} s  {one.mebibytes:5} MiB  "
                f"{one.ended}{f' (slowest: {one.slowest})' if one.slowest else ''}",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
