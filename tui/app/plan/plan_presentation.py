"""What the plan's screen says: the matrix, the title, a disk's sentence, a refusal, the command in lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.app.dialogs.questions import Choice
from tui.app.widgets.plan_list import PlanRow
from tui.app.widgets.spans import Line, Span, cells, fitted, indented
from tui.app.widgets.way_list import WayCell, WayRow
from tui.disks.snapshot import Memory
from tui.planning.asking import Asking
from tui.planning.commands import wrapped_for_shell
from tui.rules.plan_values import Plan, PlannedDisk, PlanRefusal, possible
from tui.rules.planner import Coverage
from tui.rules.ways import Way, WayAnswer
from tui.sentences import sentence
from tui.visible import visible

_NONE = "-"
_STYLES = {None: "line--error", Coverage.NO: "line--off"}
_POWERSHELL = "PowerCLI"
_MEMORY = (
    (None, "as the way says", "what this way of asking does with the memory by itself"),
    (Memory.NO, "no", "the memory is not kept: after going back the VM is powered off"),
    (Memory.INTERNAL, "internal", "kept inside a qcow2 image"),
    (Memory.EXTERNAL, "external", "kept in a file of its own"),
)
_AS_SAID = "none"


def way_rows(asking: Asking) -> list[WayRow]:
    """A row for each way of asking; the chosen one as it is with what was said of disks."""
    calls = dict.fromkeys(one.way.call for one in asking.answers)
    return [_way_row(asking, call) for call in calls]


def _way_row(asking: Asking, call: str) -> WayRow:
    found = {one.way.running: _cell(one) for one in asking.answers if one.way.call == call}
    if asking.way.call == call:
        found[asking.way.running] = _chosen_cell(asking)
    return WayRow(call, found.get(False), found.get(True))


def _cell(answer: WayAnswer) -> WayCell:
    return _cell_of(len(answer.covered), possible(answer.plan.disks), answer.refused, answer.warnings)


def _chosen_cell(asking: Asking) -> WayCell:
    plan = asking.plan
    covered = sum(one.covered for one in plan.disks)
    return _cell_of(covered, possible(plan.disks), plan.refused, [one.message for one in plan.warnings])


def _cell_of(covered: int, count: int, refused: PlanRefusal | None, warnings: Sequence[str]) -> WayCell:
    if refused is not None:
        return WayCell("?" if refused.is_unknown else "no", _NONE, refused.message, "line--off")
    warning = f"! {warnings[0]}" if warnings else ""
    return WayCell("yes !" if warnings else "yes", f"{covered} of {count}", warning, "line--changed")


def place_of(asking: Asking) -> int:
    """The row of the chosen way."""
    return list(dict.fromkeys(one.way.call for one in asking.answers)).index(asking.way.call)


def way_at(asking: Asking, call: str, *, running: bool) -> Way:
    """The way of a call in a state, or in the only state it has."""
    ways = {one.way.running: one.way for one in asking.answers if one.way.call == call}
    return ways.get(running) or next(iter(ways.values()))


def title_line(asking: Asking, width: int) -> Line:
    """What is asked for, of whom and how; whether it is refused, or how much it covers."""
    planning, plan = asking.planning, asking.plan
    words = ["running" if planning.running else "off", asking.way.call]
    unknown = plan.refused is not None and plan.refused.is_unknown
    right = Span(" not known " if unknown else " refused ", "line--error")
    if plan.refused is None:
        right = Span(f" {sum(one.covered for one in plan.disks)} of {possible(plan.disks)} covered ")
    start = f" {asking.noun.capitalize()} "
    middle = f" · {planning.hypervisor.label} · {' · '.join(words)}"
    more = f" · memory: {plan.memory}" if isinstance(plan, Plan) else ""
    name = visible(planning.snapshot_name or "plan")
    if cells(start) + cells(name) + cells(middle) + cells(more) + cells(right.text) <= width:
        middle += more
    elif cells(start) + 4 + cells(middle) + cells(right.text) > width:  # what is asked is in the table too
        middle = f" · {planning.hypervisor.label}"
    room = width - cells(middle) - cells(right.text) - cells(start)
    name = fitted(name, min(max(room, 4), cells(name)))
    blank = Span(" " * max(room - cells(name), 0))
    return (Span(f"{start}{name}", "line--title"), Span(middle), blank, right)


def disk_row(one: PlannedDisk) -> PlanRow:
    """A disk of the plan as the table shows it."""
    return PlanRow(
        one.disk.name,
        one.preset or _NONE,
        one.override or _NONE,
        one.effect,
        one.why,
        one.file.rpartition("/")[2] or _NONE,
        _STYLES.get(one.coverage, "line--changed"),
    )


def disk_lines(one: PlannedDisk, width: int) -> list[Line]:
    """What becomes of a disk, and why."""
    file = f" {one.file}" if one.file else ""
    return indented([Span(f"{one.disk.name}: {one.reason}{file}", "line--strong")], width)


def refusal_lines(refused: PlanRefusal, remedy: str, width: int) -> list[Line]:
    """Who refuses, in its own words, and what that means and helps."""
    words = f"“{refused.message}”" if refused.is_quote else refused.message
    who = "Not known: " if refused.is_unknown else f"{refused.by} refuses: "
    refusal = [Span(who, "line--error"), Span(words, "line--strong")]
    begins_with_name = not f"{remedy}.".split(maxsplit=1)[0].isalpha()  # a disk's, which stays as it is
    meaning = f"{remedy}." if begins_with_name else sentence(remedy)
    return [(), *indented(refusal, width), (), *indented([Span(meaning)], width)]


def command_lines(asking: Asking, file: str | None, copies: str, width: int) -> Iterator[Line]:
    """The whole command, in as many lines as a shell takes it in, and the key that ``copies`` it."""
    if asking.refused is not None:
        why = (
            "it is not known"
            if asking.refused.is_unknown
            else f"{asking.refused.by} refuses this {asking.noun}"
        )
        yield (Span(f" No command: {why}.", "line--off"),)
        return
    command = asking.command(file)
    head = f" {copies} "
    lines = wrapped_for_shell(visible(command.text), max(width - 1 - cells(head), 20))
    for place, text in enumerate(lines):
        yield (Span(head if place == 0 else " " * cells(head), "line--key"), Span(text))


def memory_choices(asking: Asking) -> Sequence[Choice]:
    """Where the memory may go; what has no meaning here with the reason."""
    return [
        Choice(
            label,
            memory or _AS_SAID,
            detail,
            asking.why_no_memory(memory),
            current=asking.planning.memory is memory,
        )
        for memory, label, detail in _MEMORY
    ]


def memory_of(value: str) -> Memory | None:
    """What a choice of memory stands for."""
    return None if value == _AS_SAID else Memory(value)
