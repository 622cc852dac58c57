"""The matrix of every way to ask for a snapshot or a backup, for a person and for a program."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from tui.columns import Column, rows_in_columns
from tui.disks import Disk
from tui.rules.plan_values import possible
from tui.rules.ways import WayAnswer
from tui.visible import visible

_COLUMNS = (
    Column("CALL", "CALL", 15),
    Column("OFF", "OFF", 5),
    Column("RUNNING", "RUNNING", 7),
    Column("COVERS", "COVERS", None),
)
_NOTHING = "-"


def matrix_of(answers: Sequence[WayAnswer], width: int) -> Iterator[str]:
    """Each call in a row, off and running, and what it covers; below, why not, and warnings."""
    calls = dict.fromkeys(one.way.call for one in answers)
    rows = [_row([one for one in answers if one.way.call == call]) for call in calls]
    for line in rows_in_columns(_COLUMNS, rows, width):
        yield "".join(line).rstrip()
    reasons: dict[str, list[WayAnswer]] = {}
    for one in answers:
        if one.refused is not None:
            who = "not known" if one.refused.is_unknown else f"no, {one.refused.by}"
            reasons.setdefault(f"{who}: {one.refused.message}", []).append(one)
        for warning in one.warnings:
            reasons.setdefault(f"! {warning}", []).append(one)
    for text, about in reasons.items():
        yield from _wrapped(text, about, width)


def _wrapped(text: str, answers: Sequence[WayAnswer], width: int) -> Sequence[str]:
    """A reason, behind the ways it is about."""
    ways = ", ".join(f"{one.way.call} {_state(one)}" for one in answers)
    return textwrap.wrap(
        visible(f"{ways}: {text}"),
        width,
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _row(answers: Sequence[WayAnswer]) -> Sequence[str]:
    by_state = {one.way.running: one for one in answers}
    working = [one for one in answers if one.works]
    covered = f"{len(working[0].covered)} of {possible(working[0].plan.disks)}" if working else _NOTHING
    return (answers[0].way.call, _word(by_state.get(False)), _word(by_state.get(True)), covered)


def _word(answer: WayAnswer | None) -> str:
    return _NOTHING if answer is None else answer.word


def _state(answer: WayAnswer) -> str:
    return "running" if answer.way.running else "off"


def report_of(answers: Sequence[WayAnswer]) -> list[dict[str, Any]]:
    """Each way of calling with the planner's answer, as its JSON has it."""
    return [
        {
            "call": one.way.call,
            "running": one.way.running,
            "works": None if one.refused and one.refused.is_unknown else one.works,
            "refused": one.refused
            and {"by": one.refused.by, "message": one.refused.message, "meaning": one.refused.meaning},
            "warnings": list(one.warnings),
            "covered": [_name(disk) for disk in one.covered_disks],
        }
        for one in answers
    ]


def _name(disk: Disk) -> str:
    return disk.address or disk.target or str(disk.index + 1)
