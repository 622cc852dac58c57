"""The snapshot plan: what a snapshot would cover, disk by disk, and what takes it, or who refuses it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen

from tui.app.bindings import bindings
from tui.app.dialogs.help import help_on
from tui.app.dialogs.prompt import PromptScreen
from tui.app.widgets.document_view import DocumentView
from tui.app.widgets.key_line import KeyLine
from tui.app.widgets.lines import Lines
from tui.app.widgets.plan_list import PlanList, PlanRow
from tui.app.widgets.spans import STYLES, Line, Span, cells, fitted, indented
from tui.disks import Format
from tui.editing import PreviewLine
from tui.formats.changes import Sign, signs
from tui.keys.plan import PLAN_KEYS
from tui.planning import Planning
from tui.rules import Hypervisor
from tui.rules.planner import NO_DRIVER, Coverage, PlannedDisk, PlanRefusal
from tui.session import typed_address
from tui.storage import Location, StorageError, write_new
from tui.visible import visible

_NONE = "-"
_TITLE = " Snapshot "
_STYLES = {None: "line--error", Coverage.NO: "line--off"}
_NO_DRIVER = f'libvirt\'s VMware driver takes no snapshots ("{NO_DRIVER}"): vmrun does.'


_PENDING = "Planned by what it runs with: until its next start other policies hold for {}."


class PlanScreen(Screen[None]):
    """One plan; it changes nothing but itself, and the file it is asked to write."""

    COMPONENT_CLASSES = STYLES
    CSS_PATH = "plan_screen.tcss"
    AUTO_FOCUS = "#plan"
    BINDINGS: ClassVar[list[BindingType]] = bindings(PLAN_KEYS)

    def __init__(self, planning: Planning, beside: Location | None = None, pending: str = "") -> None:
        """``pending`` names the disks whose policy is another until the machine's next start."""
        super().__init__()
        self.planning = planning
        self._first = planning
        self._beside = beside
        self._file: str | None = None
        self._said: tuple[str, str] | None = (_PENDING.format(pending), "line--warning") if pending else None

    def compose(self) -> ComposeResult:
        """The circumstances, the disks, the selected one, the XML or the refusal, the command, the keys."""
        yield Lines(id="title")
        yield PlanList(id="plan")
        yield Lines(id="about")
        with Container(id="answer"):
            yield DocumentView(Format.DOMAIN_XML, id="xml")
            yield Lines(id="refusal")
        yield Lines(id="command")
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        """Show the plan."""
        self._list = self.query_one("#plan", PlanList)
        self.watch(self._list, "cursor", self._disk_selected, init=False)
        self._list.show([_row(one) for one in self.planning.plan.disks])
        self.call_after_refresh(self.update_all)

    def on_resize(self) -> None:
        """Lay the lines out anew."""
        self.call_after_refresh(self.update_all)

    # Showing

    def update_all(self) -> None:
        """Show the plan as it stands; only what differs is painted."""
        with self.app.batch_update():
            title = self.query_one("#title", Lines)
            title.show([self._title(title.size.width)])
            self._list.show([_row(one) for one in self.planning.plan.disks])
            self._show_about()
            self._show_answer()

    def _title(self, width: int) -> Line:
        planning, plan = self.planning, self.planning.plan
        words = [planning.power]
        words.append("disks only" if planning.disk_only else f"memory: {plan.memory}")
        middle = f" · {planning.hypervisor.label} · {' · '.join(words)}"
        right = (
            Span(f" {len(plan.covered)} of {len(plan.disks)} covered ")
            if plan.refused is None
            else Span(" refused ", "line--error")
        )
        room = width - cells(middle) - cells(right.text) - cells(_TITLE)
        name = visible(planning.snapshot_name or "plan")
        name = fitted(name, min(max(room, 4), cells(name)))
        blank = Span(" " * max(room - cells(name), 0))
        return (Span(f"{_TITLE}{name}", "line--title"), Span(middle), blank, right)

    def _show_about(self) -> None:
        about = self.query_one("#about", Lines)
        selected = self._list.selected
        lines = indented([Span(*self._said)], about.size.width) if self._said else []
        if selected is None:
            lines += [] if self._said else indented([Span("No disks.", "line--strong")], about.size.width)
        else:
            one = self.planning.plan.disks[selected]
            file = f" {one.file}" if one.file else ""
            said = Span(f"{one.disk.name}: {one.reason}{file}", "line--strong")
            lines += indented([said], about.size.width)
        about.show(lines[: max(about.size.height, 1)])

    def _show_answer(self) -> None:
        refused, written = self.planning.plan.refused, self.planning.written
        view, refusal = self.query_one("#xml", DocumentView), self.query_one("#refusal", Lines)
        view.display = refused is None and written is not None
        refusal.display = not view.display
        if refused is not None:
            refusal.show(_refusal(refused, self.size.width))
        elif written is None:
            refusal.show(indented([Span(_NO_DRIVER)], self.size.width))
        else:
            view.show(self._xml_rows(), self._list.selected, title=self._xml_title())
        command = self.query_one("#command", Lines)
        text = self.planning.command(self._file_name())
        said = (
            (Span(" y ", "line--key"), Span(text))
            if refused is None
            else (Span(" no snapshot", "line--off"),)
        )
        command.show([said])

    def _xml_title(self) -> str:
        return "domainsnapshot" + (" · ESX takes no list of disks" if self._is_esx else "")

    @property
    def _is_esx(self) -> bool:
        return self.planning.hypervisor is Hypervisor.ESXI

    def _xml_rows(self) -> Sequence[PreviewLine]:
        """The lines, with what differs from the first, and whose entry each is."""
        written, first = self.planning.written, self._first.written
        if written is None or first is None:
            return []
        marks = signs(first.text_lines, written.text_lines)
        owners = {line: index for index, lines in self.planning.lines.items() for line in lines}
        return [
            PreviewLine(number, marks.get(number, Sign.SAME), text, owners.get(number))
            for number, text in enumerate(written.text_lines)
        ]

    def _disk_selected(self) -> None:
        """Another disk: its sentence and its entry follow."""
        self._said = None
        self._show_about()
        self._show_answer()

    def _now(self, planning: Planning) -> None:
        self.planning = planning
        self._said = None
        self.update_all()

    def say(self, text: str, style: str = "line--strong") -> None:
        """Tell something above the selected disk's sentence."""
        self._said = (text, style)
        self.update_all()

    # Changing

    def action_override(self) -> None:
        """The next override of the selected disk."""
        if self._list.selected is not None:
            self._now(self.planning.with_next_override(self._list.selected))

    def action_disk_only(self) -> None:
        """Disks only, or not."""
        self._now(replace(self.planning, disk_only=not self.planning.disk_only))

    def action_running(self) -> None:
        """Running, or not."""
        self._now(replace(self.planning, running=not self.planning.running))

    def action_memory(self) -> None:
        """The next word for the memory."""
        self._now(self.planning.with_next_memory())

    def action_name(self) -> None:
        """Ask for a name."""
        title = "Name of the snapshot"
        self.app.push_screen(PromptScreen(title, self.planning.snapshot_name or ""), self._named)

    def _named(self, name: str | None) -> None:
        if name is not None and name.isprintable():
            self._now(replace(self.planning, name=name))

    # Taking it away

    def _file_name(self) -> str:
        return self._file or "SNAPSHOT.xml"

    def action_copy(self) -> None:
        """Copy the command."""
        refused = self.planning.plan.refused
        if refused is not None:
            self.say("There is no command: the snapshot would be refused.", "line--warning")
            return
        command = self.planning.command(self._file_name())
        self.app.copy_to_clipboard(command)
        missing = self._file is None and self.planning.written is not None
        self.say("Copied the command." + (" w writes the file it names." if missing else ""))

    def action_write(self) -> None:
        """Ask where the XML goes."""
        written = self.planning.written
        if self.planning.plan.refused is not None or written is None:
            self.say("There is no <domainsnapshot> to write.", "line--warning")
            return
        name = self.planning.machine.configuration.name or "machine"
        stem = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)
        name = f"{stem}-snapshot.xml"
        value = str(self._beside.with_name(name)) if self._beside else name
        data = written.data
        self.app.push_screen(
            PromptScreen("Write the domainsnapshot to", value), lambda path: self._write_out(path, data)
        )

    def _write_out(self, path: str | None, data: bytes) -> None:
        if path is not None:
            self.run_worker(self._write(path, data), exclusive=True, group="file")

    async def _write(self, path: str, data: bytes) -> None:
        try:
            self._file = await asyncio.to_thread(write_new, typed_address(path), data)
        except StorageError as error:
            self.say(f"Not written: {error}", "line--error")
        else:
            self.say(f"Wrote {self._file}.", "line--changed")

    def action_help(self) -> None:
        """Every key and sign."""
        self.app.push_screen(help_on(self))

    def action_leave(self) -> None:
        """Back to the editor."""
        self.dismiss(None)


def _row(one: PlannedDisk) -> PlanRow:
    return PlanRow(
        one.disk.name,
        one.preset or _NONE,
        one.override or _NONE,
        one.coverage or "refused",
        one.why,
        one.file.rpartition("/")[2] or _NONE,
        _STYLES.get(one.coverage, "line--changed"),
    )


def _refusal(refused: PlanRefusal, width: int) -> list[Line]:
    words = f"“{refused.message}”" if refused.is_quote else refused.message
    said = [Span(f"{refused.by} refuses: ", "line--error"), Span(words, "line--strong")]
    meaning = f"{refused.meaning[:1].upper()}{refused.meaning[1:]}."
    return [(), *indented(said, width), (), *indented([Span(meaning)], width)]
