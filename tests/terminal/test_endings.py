"""Some cells of the table that ``python -m tests.benchmarks.ends`` walks through whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.endings import Case, End, Stage

pytestmark = pytest.mark.terminal


@pytest.mark.parametrize(
    ("stage", "end"),
    [
        (Stage.EDITING, End.KILL),
        (Stage.EDITING, End.CLOSED),
        (Stage.MENU, End.CUT_OFF),
        (Stage.REVIEW, End.KEY),
        (Stage.FROM_FLEET, End.HUP),
        (Stage.EDITING, End.PAINTER),
        (Stage.SAVING, End.INT),
        (Stage.BULK_MIDDLE, End.KILL),
        (Stage.PIPE, End.USR1),
        (Stage.PIPE_ACCEPTED, End.TERM),
        (Stage.PIPE_ACCEPTED, End.KILL),
        (Stage.PIPE_AGAIN, End.WORKER),
    ],
    ids=lambda one: one.value,
)
def test_whatever_ends_the_program_nothing_is_lost(stage: Stage, end: End, tmp_path: Path) -> None:
    Case(stage, end, tmp_path).run()
