"""Telling how two looks at machines differ: for a person, and as JSON (``diskmode.compare/1``).

Each difference has ``what`` (missing, new, changed), ``file``, ``vm``, ``disk``, and for what changed
``fields``: name, before and after of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tui.fleet.comparison import CHANGED, MISSING, Drift
from tui.visible import visible

SCHEMA = "diskmode.compare/1"


def drift_values(drift: Drift) -> dict[str, Any]:
    """A difference for a program."""
    facts = drift.facts
    fields = [{"name": name, "before": before, "after": after} for name, before, after in drift.fields]
    return {
        "what": drift.what,
        "file": facts.file,
        "vm": facts.vm,
        "disk": facts.address or facts.target or facts.source,
        "fields": fields,
    }


def drift_lines(drift: Drift, names: tuple[str, str]) -> Iterator[str]:
    """A difference for a person; ``names`` are what the two looks are called."""
    facts = drift.facts
    start = visible(f"{facts.vm}, {facts.name}")
    if drift.what == CHANGED:
        for field, before, after in drift.fields:
            yield f"{start}: {visible(f'{field} {before} -> {after}')}"
    else:
        place = names[0] if drift.what == MISSING else names[1]
        yield f"{start}: only in {visible(place)}"
