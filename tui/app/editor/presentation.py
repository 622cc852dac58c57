"""What the screens say of disks and findings: values turned into rows and lines, nothing decided."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tui.app.editor.disk_rows import mode_words
from tui.app.widgets.spans import Line, Span, cells, clipped, fitted
from tui.counting import counted
from tui.disks import FORMAT_NAMES, Disk, Format
from tui.editing import Editing, View
from tui.keys.bound import BoundKeys
from tui.machine import Machine
from tui.rules import Severity
from tui.session import Session, is_one_of_several
from tui.visible import visible

# Cells, at most, that what is searched takes in the title.
_QUERY = 16
# Cells of a long name that stay before the hypervisor goes.
_LEAST_NAME = 24
# The files that virsh edit gives to an editor.
_VIRSH_EDITS = re.compile(r"virsh\w{6}\.xml")


def title_of(session: Session, width: int, *, shown: int, words: str = "") -> Line:
    """The title of a file that is open; ``shown`` is how many of its disks are, by which ``words``."""
    read_only = session.is_read_only or session.editing.machine.configuration.locked is not None
    return title_line(
        session.editing, _name_of(session), width, shown=shown, read_only=read_only, words=words
    )


def _name_of(session: Session) -> str:
    """The file's name; before it the machine's, where no file's name tells whose it is."""
    path, machine = session.reading.path, session.editing.machine
    name = path.name if path else "standard input"
    nameless = path is None or _VIRSH_EDITS.fullmatch(name) or is_one_of_several(machine)
    return f"{machine.configuration.name} ({name})" if nameless and machine.configuration.name else name


def title_line(  # noqa: PLR0913 - a machine, and how it is shown
    editing: Editing, name: str, width: int, *, shown: int, read_only: bool, words: str = ""
) -> Line:
    """Which machine, judged for which hypervisor; what changed, what is wrong.

    Where there is no room for all, the name is shortened in its middle, and then the hypervisor goes: the
    counts stay.
    """
    machine = editing.machine
    tags = list(_tags(editing, shown, words, read_only=read_only))
    changes = len(editing.changed_disks)
    count = counted(changes, "change") if changes else ("1 change" if editing.is_changed else "no changes")
    change = Span(count, "line--changed" if editing.is_changed else "line--dim")
    guessed = "" if machine.chosen or machine.guess.known else " (guessed)"
    name = visible(name)
    judge, whole = f" · {machine.hypervisor.label}", cells(name)
    labels = ((f"{judge}{guessed}", whole), (judge, whole), (judge, min(whole, _LEAST_NAME)), ("", whole))
    ways = _summaries(machine)
    used = 2 + _cells_in((*tags, change))
    fitting = (
        (label, way)
        for label, least in labels
        for way in ways
        if used + least + cells(label) + _cells_in(way) <= width
    )
    label, way = next(fitting, ("", ways[-1]))
    room = width - used - cells(label) - _cells_in(way)
    name = fitted(name, min(max(room, 4), cells(name)))
    left = (Span(f" {name}", "line--title"), Span(label), *tags)
    free = width - _cells_in((*left, change, *way))
    return (*left, Span(" " * max(free, 1)), change, *way)


def _tags(editing: Editing, shown: int, words: str, *, read_only: bool) -> Iterable[Span]:
    host = editing.machine.sidecars.host
    if host is not None and host.power is not None:
        yield Span(f" · {host.power} (host)", "line--key")
    if read_only:
        yield Span(" · read-only", "line--warning")
    if shown < len(editing.disks):
        query = f"/{clipped(visible(words), _QUERY)} " if words else ""
        yield Span(f" · {query}{shown} of {len(editing.disks)} disks", "line--key")
    if editing.marked:
        yield Span(f" · {len(editing.marked)} marked", "line--key")


def _summaries(machine: Machine) -> list[list[Span]]:
    """How many findings of each severity, told in fewer and fewer columns."""
    numbers = {
        one: number
        for one in Severity
        if (number := sum(finding.severity is one for finding in machine.findings))
    }
    if not numbers:
        return [[Span(" · no findings ")]]
    grave = {one: number for one, number in numbers.items() if one is not Severity.INFO} or numbers
    words = [
        [Span(f" · {counted(number, one.value)}", f"line--{one.value}") for one, number in shown.items()]
        for shown in (numbers, grave)
    ]
    signs = [Span(f" {one.sign}{number}", f"line--{one.value}") for one, number in grave.items()]
    return [[*way, Span(" ")] for way in (*words, signs)]


def _cells_in(spans: Iterable[Span]) -> int:
    return sum(cells(span.text) for span in spans)


def preview_title(name: str, view: View, keys: BoundKeys, *, lines: int, hidden: Format | None) -> str:
    """What a preview shows, and the keys that show something else; ``hidden`` is the format behind it."""
    what = {View.WHOLE: "whole", View.DISK: "this disk", View.DIFF: "diff"}[view]
    empty = " (no changes)" if view is View.DIFF and not lines else ""
    pane = f" · {keys['view.pane']} {FORMAT_NAMES[hidden]}" if hidden else ""
    return f"{name} · {keys['view.preview']} {what}{empty}{pane}"


def lines_of_disk(machine: Machine, kind: Format, index: int) -> list[str]:
    """The lines of a disk in one of the two formats."""
    text = machine.text(kind)
    return [text.lines[number] for number in text.disk_lines.get(index, ())]


def next_finding(
    machine: Machine, shown: Iterable[int], here: tuple[int, int], step: int
) -> tuple[int, int] | None:
    """The finding so many behind ``here``, round all those on the disks shown; None where there is none.

    A finding is a disk's index and its place (from 0) among that disk's.
    """
    places = [(index, place) for index in shown for place in range(len(machine.findings_on(index)))]
    if not places:
        return None
    if here in places:
        return places[(places.index(here) + step) % len(places)]
    return next((one for one in places if one > here), places[0])


def matching(editing: Editing, words: str) -> Sequence[int]:
    """The disks whose names, file, mode or findings hold every word typed."""
    wanted = words.lower().split()
    return [
        disk.index for disk in editing.disks if all(word in _searched_text(editing, disk) for word in wanted)
    ]


def _searched_text(editing: Editing, disk: Disk) -> str:
    words = mode_words(disk, of_libvirt=False)
    label, word = words.long_mode, f"{words.word} {disk.preset or ''}"
    rules = " ".join(finding.rule for finding in editing.machine.findings_on(disk.index))
    changed = "changed" if disk.index in editing.changed_disks else ""
    names = f"{disk.address} {disk.target} {disk.source} {disk.bus} {disk.device}"
    return f"{names} {label} {word} {rules} {changed}".lower()
