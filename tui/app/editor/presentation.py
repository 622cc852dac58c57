"""What the screens say of disks and findings: values turned into rows and lines, nothing decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui.app.widgets.disk_list import ROOMY, DiskRow
from tui.app.widgets.spans import Line, Span, cells, fitted, indented
from tui.disks import MODES, Device, Disk, Image, Participation
from tui.editing import Editing, Refusal
from tui.machine import Machine
from tui.rules import Finding, Severity
from tui.visible import visible

_DRIVES = {Device.CDROM: "CD-ROM", Device.FLOPPY: "Floppy"}
# A sign and a word for what neither takes part in snapshots nor is left out of them.
SNAPSHOT_WORDS = {Participation.MANUAL: "~manual", Participation.UNKNOWN: "?unknown"}
# What has no policy is shown by a dash.
_NONE = "-"


def size_words(size: int | None) -> str:
    """A size in bytes as people say it: ``40 GiB``."""
    if size is None:
        return ""
    number = float(size)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if number < 1024 or unit == "TiB":
            return f"{number:.4g} {unit}"
        number /= 1024
    return ""


class DiskRows:
    """Makes the table's rows; that of a disk about which nothing changed is the one made before."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Disk, tuple[object, ...], DiskRow]] = {}

    def of(self, editing: Editing, indexes: Iterable[int]) -> list[DiskRow]:
        """The rows for these disks."""
        changed, machine = editing.changed_disks, editing.machine
        gravest: dict[int | None, Finding] = {}
        for finding in machine.findings:  # the gravest of a disk comes first
            gravest.setdefault(finding.disk, finding)
        rows = []
        for index in indexes:
            disk = machine.disks[index]
            signs = (machine.locked(index) is not None, index in changed, index in editing.marked)
            beside = (gravest.get(index) or _held(machine, disk), machine.sidecars.images.get(index))
            made = self._made.get(index)
            if made is None or made[0] is not disk or made[1] != (*beside, *signs):
                row = _row(disk, *beside, *signs)
                self._made[index] = made = (disk, (*beside, *signs), row)
            rows.append(made[2])
        return rows


def _held(machine: Machine, disk: Disk) -> Finding | None:
    """Why a disk that could be edited may not be now: its row says so before anyone tries."""
    return machine.held if disk.is_disk and machine.locked(disk.index) is None else None


def _row(  # noqa: PLR0913, PLR0917 - the signs of a row
    disk: Disk, finding: Finding | None, image: Image | None, locked: bool, changed: bool, marked: bool
) -> DiskRow:
    mode = MODES[disk.mode] if disk.mode is not None else None
    label, word = _mode_words(disk)
    kind = _DRIVES.get(disk.device) or _locked_kind(image, locked=locked)
    return DiskRow(
        index=disk.index,
        address=disk.address or _NONE,
        target=disk.target,
        file=_base_name(disk.source) or "(empty)",
        size=size_words(None if image is None else image.size),
        snapshot=None if locked else disk.policy.snapshot,
        persistent=None if locked else disk.policy.persistent,
        locked="locked" if disk.is_disk else _NONE,
        mode=kind or (mode.short if mode else label),
        long_mode=kind or label,
        word=_NONE if disk.device in _DRIVES else word,
        sign=finding.severity.sign if finding else " ",
        severity=finding.severity.value if finding else "",
        changed=changed,
        marked=marked,
        snapshot_word=SNAPSHOT_WORDS.get(disk.participation, ""),
    )


def _locked_kind(image: Image | None, *, locked: bool) -> str:
    """What stands in place of a mode that the hypervisor ignores."""
    return "Physical RDM" if locked and image is not None and image.is_physical_rdm else ""


def _mode_words(disk: Disk) -> tuple[str, str]:
    """vSphere's label and VMX's word for the mode a disk is in."""
    if disk.mode is not None:
        return MODES[disk.mode].label, disk.mode.value
    if disk.mode_word:
        return f'unknown "{disk.mode_word}"', disk.mode_word
    return "none fits", _NONE


def _base_name(source: str) -> str:
    return source.replace("\\", "/").rpartition("] ")[2].rstrip("/").rpartition("/")[2]


def title_line(editing: Editing, name: str, width: int, *, shown: int, read_only: bool) -> Line:
    """Which machine, judged for which hypervisor; what changed, what is wrong."""
    machine = editing.machine
    guessed = "" if machine.chosen else " (guessed)"
    left = [Span(f" {name}", "line--title"), Span(f" · {machine.hypervisor.label}{guessed}")]
    host = machine.sidecars.host
    if host is not None and host.power is not None:
        left.append(Span(f" · {host.power} (host)", "line--key"))
    if read_only:
        left.append(Span(" · read-only", "line--warning"))
    if shown < len(editing.disks):
        left.append(Span(f" · {shown} of {len(editing.disks)} disks", "line--key"))
    if editing.marked:
        left.append(Span(f" · {len(editing.marked)} marked", "line--key"))
    changes = len(editing.changed_disks)
    said = _count(changes, "change") if changes else ("1 change" if editing.is_changed else "no changes")
    change = Span(said, "line--changed" if editing.is_changed else "line--dim")
    free = width - sum(cells(span.text) for span in (*left, change))
    ways = _summaries(machine)
    found = next((way for way in ways if _cells_in(way) < free), ways[-1])
    return (*left, Span(" " * max(free - _cells_in(found), 1)), change, *found)


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
        [Span(f" · {_count(number, one.value)}", f"line--{one.value}") for one, number in counted.items()]
        for counted in (numbers, grave)
    ]
    signs = [Span(f" {one.sign}{number}", f"line--{one.value}") for one, number in grave.items()]
    return [[*way, Span(" ")] for way in (*words, signs)]


def _cells_in(spans: Iterable[Span]) -> int:
    return sum(cells(span.text) for span in spans)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def detail_lines(machine: Machine, disk: Disk, width: int, finding_place: int, height: int = 5) -> list[Line]:
    """What the selected disk is, what it does, and what a rule says of it.

    Where that is more than ``height`` lines, what it is makes room: the table shows it too.
    """
    label, word = _mode_words(disk)
    source = disk.source or "empty"
    size = size_words(machine.size_of(disk.index))
    facts = [size] if size else []
    if disk.is_disk:
        facts.append(word if disk.mode is None or width < ROOMY else f"{word} = {label}")
    room = width - 2 - cells(" · ".join([disk.name, "", *facts]))
    facts = [disk.name, fitted(visible(source), max(min(room, cells(visible(source))), 8)), *facts]
    lines: list[Line] = [[Span(" " + " · ".join(facts), "line--dim")]]
    lines += indented(_sentence(machine, disk), width)
    found = told_of(machine, disk.index)
    if found:
        place = finding_place % len(found)
        lines += indented(_finding_line(found[place], place, len(found)), width)
    ways = indented([Span(machine.ways_line, "line--dim")], width)
    if len(lines) + len(ways) <= height:
        lines += ways
    return lines[1:] if len(lines) > height else lines


def told_of(machine: Machine, index: int | None) -> Sequence[Finding]:
    """What the rules say of a disk, where one is meant, and then of the machine it is in."""
    own = () if index is None else machine.findings_on(index)
    return (*own, *(one for one in machine.findings if one.disk is None))


def no_disk_lines(machine: Machine, width: int, *, searched: bool) -> list[Line]:
    """Why no disk is shown, and what a rule says of the machine."""
    if searched and machine.disks:
        return said_lines("No disk matches.", width)
    hidden = machine.configuration.locked is not None  # the rule that found out says by what
    lines = said_lines("The disks are hidden." if hidden else "This machine has no disks.", width)
    found = told_of(machine, None)
    return lines + indented(_finding_line(found[0], 0, len(found)), width) if found else lines


def caution_words(cautions: Sequence[Finding]) -> str:
    """What to mind of an edit that was made."""
    first = cautions[0]
    return f"{first.severity.sign} {first.rule}: {first.message}: {first.advice}."


def _sentence(machine: Machine, disk: Disk) -> Line:
    locked = machine.locked(disk.index)
    if locked is None:
        return [Span(machine.effect_of(disk), "line--strong")]
    return [Span(f"Locked: {locked}.", "line--strong")]


def _finding_line(finding: Finding, place: int, count: int) -> Line:
    of = f" ({place + 1}/{count})" if count > 1 else ""
    at = f" line {finding.line}" if finding.line else ""
    return [
        Span(f"{finding.severity.sign} {finding.rule}{at}{of} ", f"line--{finding.severity.value}"),
        Span(f"{finding.message}: {finding.advice}."),
    ]


def refusal_lines(refusal: Refusal, width: int) -> list[Line]:
    """Why an edit was refused, by which rule, and the one key that helps."""
    lines = indented([Span("Refused: ", "line--error"), Span(f"{refusal.reason}.", "line--strong")], width)
    spans: list[Span] = []
    if refusal.findings:
        first = refusal.findings[0]
        spans += [Span(f"✗ {first.rule}", "line--error"), Span(f" ({first.source})", "line--dim")]
    if refusal.override:
        insist = (Span("o", "line--key"), Span(": edit all the same, the sign may be stale   "))
        lines += indented([*insist, Span("esc", "line--key"), Span(": leave it as it is")], width)
    if refusal.remedy:
        enter = (Span("enter", "line--key"), Span(f": {refusal.remedy.offer}   "))
        lines += indented([*enter, Span("esc", "line--key"), Span(": leave it as it is")], width)
    return lines + (indented(spans, width) if spans else [])


def said_lines(text: str, width: int, style: str = "line--strong") -> list[Line]:
    """A message of the program."""
    return indented([Span(text, style)], width)


def matching(editing: Editing, words: str) -> Sequence[int]:
    """The disks whose names, file, mode or findings hold every word typed."""
    wanted = words.lower().split()
    return [disk.index for disk in editing.disks if all(word in _told(editing, disk) for word in wanted)]


def _told(editing: Editing, disk: Disk) -> str:
    label, word = _mode_words(disk)
    rules = " ".join(finding.rule for finding in editing.machine.findings_on(disk.index))
    changed = "changed" if disk.index in editing.changed_disks else ""
    names = f"{disk.address} {disk.target} {disk.source} {disk.bus} {disk.device}"
    return f"{names} {label} {word} {rules} {changed}".lower()
