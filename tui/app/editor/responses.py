"""What the editor answers to a key, as lines: a message, an edit that was refused, a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui.app.widgets.spans import Line, Span, cells, clipped, indented, whole_words
from tui.editing import Aspect, Editing, Refusal, Turn
from tui.keys.bound import BoundKeys
from tui.rules import Finding
from tui.sentences import sentence

# What ends a line whose rest is read elsewhere.
ALL_OF_IT = ": all of it"
# With fewer lines left than these, no details stand beside a message.
_LEAST_BESIDE = 2


def message_lines(text: str, width: int, style: str = "line--strong") -> list[Line]:
    """A message of the program."""
    return indented([Span(text, style)], width)


def caution_words(cautions: Sequence[Finding]) -> str:
    """What to mind of an edit that was made."""
    first = cautions[0]
    return f"{first.severity.sign} {first.rule}: {first.message}: {first.advice}."


def refusal_lines(refusal: Refusal, width: int, keys: BoundKeys) -> list[Line]:
    """Why an edit was refused, by which rule, and the one key that helps."""
    lines = indented([Span("Refused: ", "line--error"), Span(f"{refusal.reason}.", "line--strong")], width)
    spans: list[Span] = []
    leave = (Span(keys["message.put-away"], "line--key"), Span(": leave it as it is"))
    if refusal.findings:
        first = refusal.findings[0]
        spans += [Span(f"✗ {first.rule}", "line--error"), Span(f" ({first.source})", "line--dim")]
    if refusal.override:
        insist = Span(keys["refusal.override"], "line--key")
        lines += indented([insist, Span(": edit all the same, the sign may be stale   "), *leave], width)
    if refusal.remedy:
        take = (Span(keys["refusal.accept"], "line--key"), Span(f": {refusal.remedy.offer}   "))
        lines += indented([*take, *leave], width)
    elif refusal.findings:
        lines += indented([Span(sentence(refusal.findings[0].advice))], width)
    return lines + (indented(spans, width) if spans else [])


def question_lines(turn: Turn, width: int, keys: BoundKeys) -> list[Line]:
    """A mixed set: which way, asked in one key."""
    has = "in snapshots" if turn.aspect is Aspect.SNAPSHOT else "keeping their writes"
    on, off = (f"{len(ones)} {'is' if len(ones) == 1 else 'are'}" for ones in (turn.on, turn.off))
    question = f"Of the marked disks {on} {has}, {off} not. Which way?"
    lines = indented([Span(question, "line--strong")], width)
    for name, value in (("refusal.accept", True), ("refusal.override", False)):
        words = clipped(f": {turn.effect_words(value)}", max(width - 8, 8))
        lines.append((Span(" "), Span(keys[name], "line--key"), Span(words)))
    return [
        *lines,
        (Span(" "), Span(keys["message.put-away"], "line--key"), Span(": leave them as they are")),
    ]


def marked_lines(editing: Editing, selected: int, width: int, keys: BoundKeys) -> list[Line]:
    """What the keys of both aspects will do to the marked disks, said before they do it."""
    head = f" {len(editing.marked)} marked "
    ways: list[Line] = []
    for aspect in (Aspect.SNAPSHOT, Aspect.PERSISTENT):
        turn = editing.turn(aspect, selected)
        does = "asks: " + turn.effect_words(True) if turn.value is None else turn.effect_words(turn.value)
        ways.append((Span(f" {keys[f'disk.{aspect.value}']}", "line--key"), Span(f": {does} ")))
    line = (Span(head, "line--key"), *ways[0], *ways[1])
    if sum(cells(span.text) for span in line) <= width:
        return [line]
    return [(Span(head, "line--key"), *ways[0]), (Span(" " * cells(head)), *ways[1])]


def with_message(
    lines_in: Callable[[int], Sequence[Line]], message: Sequence[Line], width: int, height: int, offered: str
) -> list[Line]:
    """The details that ``lines_in`` makes for ``height`` lines, the lowest of which a message takes.

    The others keep their places, so that few lines are painted; one that the message cuts off ends in "…".
    The line of the key ``offered`` moves below the message, or else the details are made anew for the lines
    left. Where fewer than _LEAST_BESIDE are left, the message stands alone.
    """
    lines, free = lines_in(height), height - len(message)
    if not message:
        return list(lines)
    if free < _LEAST_BESIDE:
        return list(message)
    keys = lines[-1:] if len(lines) > 1 and _offers(lines[-1][:2], offered) else []
    if len(lines) > free and not keys and any(_offers(line, offered) for line in lines[free:]):
        lines = lines_in(free)
    above = free - len(keys)
    kept = list(lines[: len(lines) - len(keys)])
    if len(kept) > above:
        last = _broken_off(kept[above - 1], width) if kept[above] else kept[above - 1]
        kept = [*kept[: above - 1], last]
    return [*kept, *((),) * (above - len(kept)), *message, *keys]


def _broken_off(line: Line, width: int) -> Line:
    """A line whose sentence goes on where it is not seen."""
    text = line[-1].text.rstrip() if line else ""
    if not text or text.endswith((".", "…", ALL_OF_IT)):
        return line
    room = width - 1 - sum(cells(span.text) for span in line[:-1])
    return (*line[:-1], Span(f"{whole_words(text, room)}…", line[-1].style))


def _offers(line: Line, key: str) -> bool:
    return Span(key, "line--key") in line


def cut_to(lines: Sequence[Line], height: int) -> Sequence[Line]:
    """As many lines as there is room for; the last says where there are more."""
    if len(lines) <= height:
        return lines
    return [*lines[: height - 1], (*lines[height - 1], Span(" …", "line--dim"))]
