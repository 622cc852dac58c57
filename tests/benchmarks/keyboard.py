"""Random bursts of bytes through the parser of what a terminal sends: none may end it.

Run by ``python -m tests.benchmarks.keyboard [N] [SEED]``: N bursts, a million if not said.
"""

from __future__ import annotations

import random
import sys

from tui.app.textual_insides import SteadyParser

_PIECES = [
    *(
        b"\x1b",
        b"\x1b[",
        b"\x1b]11;",
        b"\x1bP",
        b"\x1b[M",
        b"\x1b[<",
        b"\x1b[48;",
        b"\x1b[200~",
        b"\x1b[201~",
    ),
    *(
        b"1114112",
        b"57344",
        b"999:9:9",
        b";",
        b":",
        b"u",
        b"t",
        b"M",
        b"~",
        b"\x07",
        b"\x1b\\",
        b"\xfc",
        b"q",
    ),
]


def burst(chance: random.Random) -> bytes:
    """Up to eight pieces, known or random."""
    pieces = (chance.choice((*_PIECES, chance.randbytes(chance.randrange(5)))) for _ in range(8))
    return b"".join(list(pieces)[: chance.randint(1, 8)])


def main() -> None:
    """Feed the bursts, and say how many there were and how many events came of them."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    parser, found = SteadyParser(), 0
    for _ in range(count):
        found += len(list(parser.feed(burst(chance).decode("utf-8", "replace"))))
        found += len(list(parser.tick()))
    print(f"{count} bursts, {found} events, none ended the parser")


if __name__ == "__main__":
    main()
