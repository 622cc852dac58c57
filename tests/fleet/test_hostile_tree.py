"""A tree of everything that goes wrong: complete, right counts, bounded time and memory."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.tree import KINDS, make_hostile_tree
from tui.fleet.judge_file import judge
from tui.fleet.judged import JudgedMachine, Result
from tui.fleet.pool import in_order
from tui.fleet.walk import Found, walk

EACH = 30


def judged(found: Sequence[Found]) -> list[Result]:
    return [result for one in found for result in judge(one)]


def test_a_hostile_tree_is_judged_to_its_end(tmp_path: Path) -> None:
    make_hostile_tree(tmp_path, EACH * len(KINDS))
    start = time.monotonic()
    results = [
        result
        for part in in_order(judged, walk([str(tmp_path)]), lambda *_: [], workers=2)
        for result in part
    ]
    spent = time.monotonic() - start
    counts = Counter("judged" if isinstance(one, JudgedMachine) else one.kind for one in results)
    readable = EACH if os.geteuid() == 0 else 0
    expected = {
        "judged": 2 * EACH + readable,
        "broken-xml": EACH,
        "not-a-file": EACH,
        "missing": EACH,
        "no-permission": EACH - readable,
        "not-a-machine": EACH,
        "empty": EACH,
        "too-large": 1,
    }
    assert counts == Counter(expected)
    assert spent < 20
