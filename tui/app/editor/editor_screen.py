"""The editor: the disks of one machine, what each does, both previews, and every key that changes them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.events import DescendantBlur
from textual.message import Message

from tui.app import openers
from tui.app.bindings import bindings, bound_keys
from tui.app.editor.acting_keys import PREVIEW_FIRST, idle_keys
from tui.app.editor.beside_reading import BesideReading
from tui.app.editor.details import findings_at
from tui.app.editor.disk_edits import DiskEdits
from tui.app.editor.disk_filter import DiskFilter
from tui.app.editor.disk_rows import DiskRows, is_of_libvirt
from tui.app.editor.file_dialogs import FileDialogs
from tui.app.editor.file_presentation import notice_line
from tui.app.editor.first_run import FirstRun
from tui.app.editor.kept_edits import KeptEdits
from tui.app.editor.menu_dialogs import MenuDialogs
from tui.app.editor.presentation import lines_of_disk, next_finding, title_of
from tui.app.editor.preview_panes import PreviewPanes
from tui.app.editor.status import EditorStatus
from tui.app.keyed_screen import KeyedScreen
from tui.app.widgets.disk_list import DiskList
from tui.app.widgets.document_view import DocumentView
from tui.app.widgets.key_line import KeyLine
from tui.app.widgets.lines import Lines
from tui.app.widgets.spans import STYLES
from tui.disks import FORMAT_NAMES
from tui.editing import Aspect, Editing
from tui.keys.editor import EDITOR_KEYS
from tui.session import Notice, NoticeKind, Session
from tui.visible import visible


class EditorScreen(KeyedScreen[None]):
    """Shows one machine and does what the keys ask; ``session`` is its file, open for editing.

    It owns what it is made of, each a plain object of its own: what is said below the table, the
    edits of disks, the menus, the file's questions, the filter, the previews.
    """

    COMPONENT_CLASSES = STYLES
    AUTO_FOCUS = "#disks"
    BINDINGS: ClassVar[list[BindingType]] = bindings(EDITOR_KEYS)

    class Left(Message):
        """The person is done with this file."""

    def __init__(self, session: Session, notices: Sequence[str] = (), *, explains: bool = False) -> None:
        super().__init__()
        self.session = session
        self._notices = notices
        self._disks = DiskList(id="disks")
        self._previews = PreviewPanes(self.editing.machine.configuration.format)
        self._rows = DiskRows()
        self._status = EditorStatus(bound_keys(self.app))
        self._edits = DiskEdits(session, self._status, self.update_all)
        self._files = FileDialogs(self, session, self._notice, self._leave)
        self._menus = MenuDialogs(self, session, self._edits, self._files, lambda: self.selected)
        self._filter = DiskFilter(self, self._disks, self._filtered)
        self._beside = BesideReading(self, session, self._edits, self._status)
        self._kept = KeptEdits(self, session, self._files.show)
        self._first_run = FirstRun(wanted=explains)
        self._held = ExitStack()
        self._begun = False

    @property
    def editing(self) -> Editing:
        """The machine being edited; another one where the file was read again."""
        return self.session.editing

    @property
    def selected(self) -> int | None:
        """The index of the disk under the cursor."""
        return self._disks.selected

    def compose(self) -> ComposeResult:
        """From top to bottom: the machine, its disks, the selected one, the previews, the keys.

        On the widest screens the disks stand at the left of both previews.
        """
        yield Lines(id="title")
        with Container(id="body"):
            with Container(id="machine"):
                yield self._disks
                yield Lines(id="details")
            with Container(id="previews"):
                yield from self._previews.views
        yield KeyLine(id="keys")

    # Beginning

    def on_mount(self) -> None:
        """Show everything, and what was noticed on the way here."""
        self.watch(self._disks, "cursor", self._disk_selected, init=False)
        # Textual sets these only after it has laid the screen out once without them.
        width, height = self.app.size
        wide = [name for least, name in self.app.HORIZONTAL_BREAKPOINTS or () if width >= least]
        high = [name for least, name in self.app.VERTICAL_BREAKPOINTS or () if height >= least]
        self.add_class(*wide[-1:], *high[-1:])
        self._show_disks(self._filter.match(self.editing))
        self._show_previews()  # their lengths belong to the first layout, or there would be a second
        # Nothing is painted before the layout is complete: on a slow line each partial frame would show.
        self._held.enter_context(self.app.batch_update())

    def on_resize(self) -> None:
        """Lay the lines out anew; the first time, show them."""
        if self._begun:
            self.call_after_refresh(self.update_all)
            return
        self._begun = True
        if self.session.is_read_only:
            self.say(f"Read-only: {self.session.reading.why_not}.", "line--warning")
        elif noticed := (*self._notices, *self.session.reading.notices):
            self.say(noticed[0], "line--warning")
        else:
            self.update_all()
        self.call_later(self._let_go)

    def _let_go(self) -> None:
        self._held.close()
        self._beside.begin()
        self._kept.begin()
        self._first_run.begin(self, self._has_room_for_a_hint)

    def _has_room_for_a_hint(self) -> bool:
        """Whether nothing is told, and the keys of the hint would do something to a disk here."""
        locks = map(self.editing.machine.locked, range(len(self.editing.disks)))
        return self._status.response is None and any(lock is None for lock in locks)

    # Showing

    def say(self, text: str, style: str = "line--strong") -> None:
        """Tell something in the lines below the table, and show the machine as it stands."""
        self._edits.say(text, style)

    def update_all(self) -> None:
        """Show the machine as it stands; only what differs is painted. What was edited is kept first."""
        self._kept.note()
        with self.app.batch_update():
            self._show_disks(self._filter.match(self.editing))
            title = self.query_one("#title", Lines)
            shown, words = len(self._filter.shown), self._filter.words
            title.show([title_of(self.session, title.size.width, shown=shown, words=words)])
            self._show_selected()

    def idle_keys(self) -> frozenset[str]:
        """What would do nothing to this machine as it stands."""
        return idle_keys(self.session, self.selected)

    def first_keys(self) -> tuple[str, ...]:
        """In a preview, what looks at it."""
        return PREVIEW_FIRST if isinstance(self.focused, DocumentView) else ()

    def _show_disks(self, indexes: Sequence[int]) -> None:
        of_libvirt = is_of_libvirt(self.editing.machine)
        self._disks.show(self._rows.of(self.editing, indexes), of_libvirt=of_libvirt)

    def _show_selected(self) -> None:
        """What depends on the disk under the cursor."""
        self._show_details()
        self._show_previews()
        self.show_keys()

    def _show_details(self) -> None:
        details = self.query_one("#details", Lines)
        width, height = details.size.width, max(details.size.height, 1)
        searched = bool(self._filter.words)
        details.show(self._status.lines(self.editing, self.selected, width, height, searched=searched))

    def _show_previews(self) -> None:
        self._previews.show(self.editing, self.selected, self._status.keys)

    def _disk_selected(self) -> None:
        self._status.select()
        self._show_selected()

    # The file

    def action_save(self) -> None:
        """Show what will change, ask, and save."""
        self._first_run.end()
        self._files.show(self.session.save())

    def action_export(self) -> None:
        """Write the other format."""
        self._menus.export()

    def action_reload(self) -> None:
        """Read the file again, asking first where changes would be lost."""
        self._files.show(self.session.reload())

    def action_leave(self) -> None:
        """Leave, asking first where changes would be lost."""
        self._files.show(self.session.leave())

    def action_history(self) -> None:
        """What was changed in this file; what is undone there, the editor reads."""
        self._files.show_history(self.say)

    def _notice(self, notice: Notice) -> None:
        self.say(*notice_line(notice, self.session.origin, self._status.keys))
        if notice.kind is NoticeKind.RELOADED:
            self._beside.begin()

    def _leave(self) -> None:
        self.post_message(self.Left())

    # Disks

    def on_disk_list_box_clicked(self, message: DiskList.BoxClicked) -> None:
        """A click on a box is its key."""
        self.action_turn(message.aspect)

    def action_turn(self, aspect: str) -> None:
        """Turn an aspect of the marked disks, or of the selected one, over."""
        self._edits.turn(Aspect(aspect), self.selected)

    def action_mode(self) -> None:
        """Choose a mode, or in a domain a preset."""
        self._menus.choose_mode()

    def action_mark(self) -> None:
        """Mark the selected disk, or take its mark away, and go on to the next."""
        if self._edits.mark(self.selected):
            self._disks.action_move(1)
            self.update_all()

    def action_mark_all(self) -> None:
        """Mark every disk shown, or none."""
        self._edits.mark_all(self._filter.shown)

    def action_undo(self) -> None:
        """Take the last edit back."""
        self._edits.undo()

    def action_redo(self) -> None:
        """Make the edit again that was taken back last."""
        self._edits.redo()

    def action_accept(self) -> None:
        """Take what is offered."""
        self._edits.accept(self.selected)

    def action_override(self) -> None:
        """Take the other way, or insist on the refused edit."""
        self._edits.override(self.selected)

    def action_mend(self) -> None:
        """Show every safe remedy as one diff; enter takes them all."""
        self._menus.mend()

    def action_put_away(self) -> None:
        """Put away the answer; with none, the search or filter; with none, the marks."""
        self._first_run.end()
        if self._status.response is not None:
            self._status.clear()
        elif not self._filter.take_away(self.focused):
            self.editing.marked = set()
        self.update_all()

    # Looking

    def action_pane(self, step: int) -> None:
        """Go round the panes."""
        self._previews.focus_next(self._disks, self.focused, step)
        self.call_after_refresh(self._show_previews)

    def action_view(self) -> None:
        """Whole document, this disk, diff."""
        self._previews.next_extent()
        self._show_previews()

    def action_finding(self, step: int) -> None:
        """The next finding of the selected disk, then of the disks after it."""
        here = None if self.selected is None else (self.selected, self._status.finding)
        found = here and next_finding(self.editing.machine, self._filter.shown, here, step)
        if not found:
            self.say("No rule finds anything on the disks shown.", "line--dim")
            return
        index, place = found
        self._status.clear()
        if index != self.selected:
            self._disks.select(index)
            self.call_after_refresh(self._show_finding, place)
        else:
            self._show_finding(place)

    def _show_finding(self, place: int) -> None:
        self._status.finding = place
        self._show_details()

    def action_show_findings(self) -> None:
        """The whole text of every finding on the selected disk, the one in view first."""
        index = self.selected
        found = findings_at(self.editing.machine, index)
        if not found:
            about = "machine" if index is None else "disk"
            self.say(f"No rule finds anything on this {about}.", "line--dim")
            return
        place = self._status.finding % len(found)
        name = "the machine" if index is None else visible(self.editing.disks[index].name)
        self.app.push_screen(openers.findings(name, (*found[place:], *found[:place])))

    def action_copy(self) -> None:
        """Copy the selected disk's lines of the preview in front."""
        if self.selected is None:
            self._edits.say_no_disk()
            return
        kind = self._previews.kind_at(self.focused)
        lines = lines_of_disk(self.editing.machine, kind, self.selected)
        self.app.copy_to_clipboard("\n".join(lines) + "\n")
        self.say(f"To the terminal's clipboard: {FORMAT_NAMES[kind]}, lines copied: {len(lines)}.")

    def action_losses(self) -> None:
        """What the other format cannot say."""
        machine = self.editing.machine
        self.app.push_screen(openers.losses(FORMAT_NAMES[machine.other_format], machine.conversion))

    def action_plan(self) -> None:
        """What a snapshot would cover, with the edits as they stand."""
        self.app.push_screen(openers.plan(self.editing.machine, self.session.reading))

    def action_hypervisor(self) -> None:
        """Choose whose rules apply."""
        self._menus.choose_hypervisor()

    def action_spelling(self) -> None:
        """Choose how XML spells the policy."""
        self._menus.choose_spelling()

    async def action_filter(self) -> None:
        """Type a filter, or in a preview what to search there."""
        await self._filter.begin(self.focused)

    def _filtered(self) -> None:
        self._status.clear()
        self.update_all()

    def on_descendant_focus(self) -> None:
        """The key line depends on the focus."""
        self.show_keys()

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Behind the filter's line what it left under the cursor counts."""
        if event.widget.id == "filter":
            self._disks.stay()

    def action_help(self) -> None:
        """Every key and sign."""
        self.app.push_screen(openers.help_on(self))
