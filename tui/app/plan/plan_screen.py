"""The plan of a snapshot or a backup: every way to ask for one, and what becomes of each disk then."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container

from tui.app.bindings import bindings, bound_keys
from tui.app.dialogs.choice import ChoiceScreen
from tui.app.dialogs.help import help_on
from tui.app.dialogs.prompt import PromptScreen
from tui.app.keyed_screen import KeyedScreen
from tui.app.plan.plan_presentation import (
    command_lines,
    disk_lines,
    disk_row,
    memory_choices,
    memory_of,
    place_of,
    refusal_lines,
    title_line,
    way_at,
    way_rows,
)
from tui.app.widgets.document_view import DocumentView
from tui.app.widgets.key_line import KeyLine
from tui.app.widgets.lines import Lines, WrappedLines
from tui.app.widgets.plan_list import PlanList
from tui.app.widgets.spans import STYLES, Line, Span, indented, within
from tui.app.widgets.way_list import WayList
from tui.disks import Format
from tui.editing import PreviewLine
from tui.formats.text_diff import Sign, signs
from tui.keys.plan import PLAN_KEYS
from tui.planning import Planning
from tui.planning.asking import Asking
from tui.rules import Hypervisor
from tui.rules.ways import DISK_ONLY, PLAIN
from tui.session import typed_address
from tui.storage import Location, Source, StorageError, write_new

_PENDING = "Planned by what it runs with: until its next start {}."


class PlanScreen(KeyedScreen[None]):
    """One plan; it changes nothing but itself, and the file it is asked to write."""

    COMPONENT_CLASSES = STYLES
    CSS_PATH = "plan_screen.tcss"
    AUTO_FOCUS = "#ways"
    BINDINGS: ClassVar[list[BindingType]] = bindings(PLAN_KEYS)

    def __init__(
        self,
        planning: Planning,
        beside: Location | None = None,
        pending: str = "",
        host_files: Source | None = None,
    ) -> None:
        """``beside`` is the machine's file, and ``host_files`` reads what lies where its host would write.

        ``pending`` tells what holds until the machine's next start alone.
        """
        super().__init__()
        self.asking = Asking.begun(planning)
        self._first = self.asking
        self._beside = beside
        self._host_files = host_files
        self._file: str | None = None
        self._message: tuple[str, str] | None = (
            (_PENDING.format(pending), "line--warning") if pending else None
        )

    @property
    def planning(self) -> Planning:
        """The snapshot, with all that was said of it."""
        return self.asking.planning

    def compose(self) -> ComposeResult:
        """The ways, the disks, the selected one, the document or the refusal, the command, the keys."""
        yield Lines(id="title")
        yield WayList(id="ways")
        yield PlanList(id="plan")
        yield Lines(id="about")
        with Container(id="answer"):
            yield DocumentView(Format.DOMAIN_XML, id="xml")
            yield Lines(id="refusal")
        yield WrappedLines(self._command_lines, id="command")
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        """Show the plan."""
        self._list, self._ways = self.query_one("#plan", PlanList), self.query_one("#ways", WayList)
        self.watch(self._list, "cursor", self._disk_selected, init=False)
        self.watch(self._ways, "cursor", self._way_chosen, init=False)
        self.watch(self._ways, "running", self._way_chosen, init=False)
        self._list.show([disk_row(one) for one in self.asking.plan.disks])
        self._show_ways()
        self.call_after_refresh(self.update_all)
        self._look_for_files()

    def on_resize(self) -> None:
        """Lay the lines out anew."""
        self.call_after_refresh(self.update_all)

    def on_descendant_focus(self) -> None:
        """The key line depends on the focus."""
        self.show_keys()

    # Showing

    def update_all(self) -> None:
        """Show the plan as it stands; only what differs is painted."""
        with self.app.batch_update():
            title = self.query_one("#title", Lines)
            title.show([title_line(self.asking, title.size.width)])
            self._show_ways()
            self._list.show([disk_row(one) for one in self.asking.plan.disks])
            self._show_about()
            self._show_answer()
            self.show_keys()

    def idle_keys(self) -> frozenset[str]:
        """Where there is no command, nothing is copied; without a document none is written."""
        idle = {"plan.override"} if self._list.selected is None else set()
        if self.asking.refused is not None:
            idle |= {"plan.copy", "plan.write"}
        elif self.asking.written is None:
            idle.add("plan.write")
        if self.asking.backup is not None or self.planning.hypervisor is Hypervisor.WORKSTATION:
            idle.add("plan.memory")
        if self._other_disks is None:
            idle.add("plan.disk-only")
        return frozenset(idle)

    def first_keys(self) -> tuple[str, ...]:
        """Among the disks, what is said of one."""
        return ("plan.override",) if self.focused is self._list else ()

    def _show_ways(self) -> None:
        self._ways.show(way_rows(self.asking), place_of(self.asking), running=self.asking.way.running)

    def _show_about(self) -> None:
        about = self.query_one("#about", Lines)
        width, selected = about.size.width, self._list.selected
        lines = indented([Span(*self._message)], width) if self._message else []
        if selected is not None:
            lines += disk_lines(self.asking.plan.disks[selected], width)
        elif not self._message:
            lines += indented([Span("No disks.", "line--strong")], width)
        if self._message is None:
            for warning in self.asking.plan.warnings:
                lines += indented([Span(f"! {warning.message}", "line--warning")], width)
        about.show(within(lines, max(about.size.height, 1)))

    def _show_answer(self) -> None:
        asking = self.asking
        view, refusal = self.query_one("#xml", DocumentView), self.query_one("#refusal", Lines)
        view.display = asking.refused is None and asking.written is not None
        refusal.display = not view.display
        if asking.refused is not None:
            refusal.show(refusal_lines(asking.refused, asking.remedy, self.size.width))
        elif asking.written is None:
            refusal.show(indented([Span(asking.no_document)], self.size.width))
        else:
            view.show(self._xml_rows(), self._list.selected, title=self._xml_title())
        self.query_one("#command", WrappedLines).fill_anew()

    def _command_lines(self, width: int) -> Sequence[Line]:
        return list(command_lines(self.asking, self._file, bound_keys(self.app)["plan.copy"], width))

    def _xml_title(self) -> str:
        is_esx = self.planning.hypervisor is Hypervisor.ESXI
        return self.asking.document_name + (" · ESX takes no list of disks" if is_esx else "")

    def _xml_rows(self) -> Sequence[PreviewLine]:
        """The lines, with what differs from the first of this kind, and whose entry each is."""
        first = self._first.by(self.asking.way).text_lines
        marks = signs(first, self.asking.text_lines)
        owners = {line: index for index, lines in self.asking.lines.items() for line in lines}
        return [
            PreviewLine(number, marks.get(number, Sign.SAME), text, owners.get(number))
            for number, text in enumerate(self.asking.text_lines)
        ]

    def _disk_selected(self) -> None:
        """Another disk: its sentence and its entry follow."""
        self._message = None
        self._show_about()
        self._show_answer()

    def _way_chosen(self) -> None:
        """Another way, or the other state of the machine."""
        row = self._ways.rows[self._ways.cursor]
        self._by(row.call, running=self._ways.running)

    def _by(self, call: str, *, running: bool) -> None:
        way = way_at(self.asking, call, running=running)
        if way != self.asking.way:
            self._file = self._file if way.kind is self.asking.way.kind else None
            self._now(self.asking.by(way))

    def _now(self, asking: Asking) -> None:
        self.asking = asking
        self._message = None
        self.update_all()
        self._look_for_files()

    def _look_for_files(self) -> None:
        if self._host_files is not None and self.asking.files:
            self.run_worker(self._see_files(self.asking, self._host_files), exclusive=True, group="files")

    async def _see_files(self, asking: Asking, host_files: Source) -> None:
        seen = await asyncio.to_thread(asking.seen_from, host_files)
        if asking is self.asking and seen != asking:
            self.asking = seen
            self.update_all()

    def say(self, text: str, style: str = "line--strong") -> None:
        """Tell something above the selected disk's sentence."""
        self._message = (text, style)
        self.update_all()

    # Changing

    def action_override(self) -> None:
        """The next override of the selected disk; of a backup, whether it holds the disk."""
        if self._list.selected is not None:
            self._now(self.asking.with_next_word(self._list.selected))

    def action_disk_only(self) -> None:
        """The disks alone, or a plain snapshot again."""
        wanted = self._other_disks
        if wanted is None:
            self.say("There is no --disk-only here, only the ways above.", "line--dim")
        else:
            self._by(wanted, running=self.asking.way.running)

    @property
    def _other_disks(self) -> str | None:
        """The way with the disks alone, or from there the plain one; VMware has neither."""
        wanted = PLAIN if self.asking.way.call == DISK_ONLY else DISK_ONLY
        return wanted if any(one.way.call == wanted for one in self.asking.answers) else None

    def action_running(self) -> None:
        """The same way in the machine's other state."""
        self._by(self.asking.way.call, running=not self.asking.way.running)

    def action_memory(self) -> None:
        """Choose where the memory goes."""
        self.app.push_screen(
            ChoiceScreen("Where the memory goes", memory_choices(self.asking)), self._memory_chosen
        )

    def _memory_chosen(self, value: str | None) -> None:
        if value is not None:
            self._now(self.asking.with_memory(memory_of(value)))

    def action_name(self) -> None:
        """Ask for a name."""
        title = f"Name of the {self.asking.noun}"
        self.app.push_screen(PromptScreen(title, self.planning.snapshot_name or "", "name it"), self._named)

    def _named(self, name: str | None) -> None:
        if name is not None and name.isprintable():
            self._now(self.asking.with_name(name))

    # Taking it away

    def action_copy(self) -> None:
        """Copy the command."""
        if self.asking.refused is not None:
            self.say(f"There is no command: the {self.asking.noun} would be refused.", "line--warning")
            return
        command = self.asking.command(self._file)
        self.app.copy_to_clipboard(command.text)
        missing = self._file is None and command.file
        self.say(
            "Copied the command."
            + (f" {bound_keys(self.app)['plan.write']} writes the file it names." if missing else "")
        )

    def action_write(self) -> None:
        """Ask where the document goes."""
        asking, data = self.asking, self.asking.written
        if asking.refused is not None or data is None:
            self.say(f"There is no <{asking.document_name}> to write.", "line--warning")
            return
        name = self.planning.machine.configuration.name or "machine"
        stem = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)
        name = f"{stem}-{asking.noun}.xml"
        value = str(self._beside.with_name(name)) if self._beside else name
        self.app.push_screen(
            PromptScreen(f"Write the {asking.document_name} to", value),
            lambda path: self._write_out(path, data),
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
