"""What is said below the table of the disk under the cursor and of its machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui.app.editor.disk_rows import is_of_libvirt, mode_words, size_words
from tui.app.editor.responses import ALL_OF_IT, message_lines
from tui.app.widgets.spans import Line, Span, cells, clipped, fitted, indented, whole_words
from tui.disks import Disk
from tui.keys.bound import DEFAULT_KEYS, BoundKeys
from tui.machine import Machine
from tui.rules import Finding
from tui.rules.remedies import Offer
from tui.visible import visible

Mends = Callable[[Finding], "Offer | None"]
_LEAST = 5


@dataclass(frozen=True)
class DiskDetails:
    """What there is to tell of a disk and its machine.

    ``place`` is the finding told in full, by its place in `findings_at`; ``mends`` gives what mends one.
    ``instead`` stands in place of what a snapshot can do, and unlike that is never left out. ``keys`` are
    those that are named.
    """

    machine: Machine
    disk: Disk
    place: int
    mends: Mends
    instead: Sequence[Line] = ()
    keys: BoundKeys = DEFAULT_KEYS

    def lines(self, width: int, height: int = _LEAST) -> list[Line]:
        """At most ``height`` lines: what the disk does, what a snapshot of its machine can do, what the rules
        say with the key that mends it, and, where there is room, what the disk is (the table shows that too).
        """
        machine, index = self.machine, self.disk.index
        sentence = indented(_sentence(machine, self.disk), width)[:2]
        held = _held_lines(machine, self.disk, width)
        ways = self.instead or _dim_lines(machine.ways_line, width)
        found = findings_at(machine, index)
        facts = _fact_lines(machine, self.disk, width)
        if not found:
            return [*sentence, *held, *ways, *facts][:height]
        place = self.place % len(found)
        alone = self._finding(found, place, width)
        is_crowded = sum(map(len, (sentence, held, ways, *alone))) > height
        text, keys = _with_keys_beside(*alone, width) if is_crowded else alone
        whole = len(text) + len(keys)
        lines = [*sentence, *held]
        if len(lines) + whole > height and machine.locked(index) is None:
            # What follows the first sentences, the ways and the findings tell too.
            lines = [*_shorter(sentence), *held]
        lines += ways if self.instead or len(lines) + len(ways) + whole <= height else []
        if len(text) > height - len(lines):
            text, keys = alone  # a key that is offered is not cut off with the finding
        lines += self._fitted(text, keys, width, height - len(lines))
        lines += _other_lines((*found[place + 1 :], *found[:place]), width, height - len(lines) - 1)
        lines += [()] if len(lines) < height - 1 else []
        return [*lines, *facts][:height]

    def _finding(
        self, found: Sequence[Finding], place: int, width: int
    ) -> tuple[Sequence[Line], Sequence[Line]]:
        """A finding, and in a line of its own the key that mends it."""
        text = indented(_finding_line(found[place], place, len(found)), width)
        offer = self.mends(found[place])
        return text, ([] if offer is None else [_offer_line(offer, self.keys["refusal.accept"], width)])

    def _fitted(self, text: Sequence[Line], keys: Sequence[Line], width: int, height: int) -> Sequence[Line]:
        """A finding as far as there is room for it, with the key that mends it; another reads all of it."""
        room = max(height - len(keys), 1)
        if len(text) <= room:
            return [*text, *keys]
        return [*text[: room - 1], _cut_line(text[room - 1], self.keys["finding.show"], width), *keys]


def _shorter(lines: list[Line]) -> list[Line]:
    """The first line up to the end of its last sentence, or to a colon; all lines where it has neither."""
    if len(lines) < 2:
        return lines
    text = "".join(span.text for span in lines[0])
    end = len(text) - 1 if text.endswith((".", ":")) else max(text.rfind(". "), text.rfind(": "))
    return [(Span(f"{text[:end]}.", "line--strong"),), *lines[2:]] if end > 0 else lines


def _other_lines(found: Sequence[Finding], width: int, room: int) -> list[Line]:
    """The other findings: whole where there is room for all, else one a line."""
    whole = [line for one in found for line in indented(_finding_text(one), width)]
    if len(whole) <= room:
        return whole
    return [_brief_line(one, width) for one in found[: max(room, 0)]]


def _dim_lines(text: str, width: int) -> list[Line]:
    return [(Span(" "), Span(clipped(text, max(width - 2, 1)), "line--dim"))]


def _with_keys_beside(
    text: Sequence[Line], keys: Sequence[Line], width: int
) -> tuple[Sequence[Line], Sequence[Line]]:
    """A finding with the key that mends it at the end of its last line, where there is room for it."""
    line = (*text[-1], Span(" "), *(span for key in keys for span in key))
    if not keys or sum(cells(span.text) for span in line) > width:
        return text, keys
    return [*text[:-1], line], ()


def _cut_line(line: Line, key: str, width: int) -> Line:
    """The last line there is room for, and the key that reads the rest."""
    more = Span("… "), Span(key, "line--key"), Span(ALL_OF_IT)
    text = "".join(span.text for span in line)
    room = width - 1 - sum(cells(span.text) for span in more)
    return (Span(whole_words(text, room)), *more)


def _offer_line(offer: Offer, key: str, width: int) -> Line:
    words = clipped(f": {offer.words}", max(width - 8, 8))
    return (Span(" "), Span(key, "line--key"), Span(words, "line--strong"))


def _finding_text(finding: Finding) -> Line:
    return (
        Span(f"{finding.severity.sign} {finding.rule} ", f"line--{finding.severity.value}"),
        Span(f"{finding.message}: {finding.advice}.", "line--dim"),
    )


def _brief_line(finding: Finding, width: int) -> Line:
    head, text = _finding_text(finding)
    return (Span(" "), head, Span(clipped(text.text, max(width - 2 - cells(head.text), 1)), text.style))


def _fact_lines(machine: Machine, disk: Disk, width: int) -> list[Line]:
    """What the disk is: its mode, its size, its file."""
    words = mode_words(disk, of_libvirt=is_of_libvirt(machine))
    preset = is_of_libvirt(machine) and disk.mode_word is None
    facts = [f"preset {words.word}" if preset else words.word] if disk.is_disk else []
    if size := size_words(machine.size_of(disk.index)):
        facts.append(size)
    source = visible(disk.source or "empty")
    room = width - 2 - cells(" · ".join([*facts, ""]))
    return _dim_lines(" · ".join([*facts, fitted(source, max(min(room, cells(source)), 8))]), width)


def findings_at(machine: Machine, index: int | None) -> Sequence[Finding]:
    """What the rules say of a disk, where one is meant, and then of the machine it is in."""
    own = () if index is None else machine.findings_on(index)
    return (*own, *(one for one in machine.findings if one.disk is None))


def why_no_disk(machine: Machine) -> str:
    """Why a key that is about a disk finds none."""
    if machine.disks:
        return "No disk matches."
    locked = machine.configuration.locked
    return f"Locked: {locked}." if locked else "This machine has no disks."


_HIDDEN = "The disks are hidden."


def no_disk_lines(machine: Machine, width: int, *, searched: bool) -> list[Line]:
    """Why no disk is shown, and what a rule says of the machine."""
    if searched and machine.disks:
        return message_lines(why_no_disk(machine), width)
    hidden = machine.configuration.locked is not None  # the rule that found out says by what
    lines = message_lines(_HIDDEN if hidden else why_no_disk(machine), width)
    found = findings_at(machine, None)
    return lines + indented(_finding_line(found[0], 0, len(found)), width) if found else lines


def _sentence(machine: Machine, disk: Disk) -> Line:
    locked = machine.locked(disk.index)
    if locked is not None:
        return [Span(f"Locked: {locked}.", "line--strong")]
    return [Span(machine.effect_of(disk), "line--strong")]


def _held_lines(machine: Machine, disk: Disk, width: int) -> list[Line]:
    """Why a disk that could be edited may not be now, before anyone tries."""
    held = machine.held
    if held is None or not disk.is_disk or machine.locked(disk.index) is not None:
        return []
    why, remedy = _clause(held.message), _clause(held.advice)
    ways = (f"{held.message}; {held.advice}", f"{why}; {held.advice}", f"{why}; {remedy}", remedy)
    sentences = [f"Not to be changed now: {way}." for way in ways]
    room = max(width - 2, 1)
    sentence = next((one for one in sentences if cells(one) <= room), sentences[-1])
    return [(Span(" "), Span(clipped(sentence, room), "line--warning"))]


def _clause(text: str) -> str:
    """A sentence up to its first pause."""
    return re.split(r"[,;:] ", text, maxsplit=1)[0]


def _finding_line(finding: Finding, place: int, count: int) -> Line:
    of = f" ({place + 1}/{count})" if count > 1 else ""
    at = f" line {finding.line}" if finding.line else ""
    return [
        Span(f"{finding.severity.sign} {finding.rule}{at}{of} ", f"line--{finding.severity.value}"),
        Span(f"{finding.message}: {finding.advice}."),
    ]
