"""The editor: the disks of one machine, what each does, both previews, and every key that changes them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.events import DescendantBlur
from textual.message import Message

from tui.app import openers
from tui.app.bindings import bindings
from tui.app.dialogs.questions import Answer
from tui.app.editor import menus
from tui.app.editor.acting_keys import PREVIEW_FIRST, idle_keys
from tui.app.editor.details import (
    caution_words,
    cut_to,
    detail_lines,
    marked_line,
    no_disk_lines,
    question_lines,
    refusal_lines,
    said_lines,
    told_of,
    why_no_disk,
    with_message,
)
from tui.app.editor.disk_rows import DiskRows, is_of_libvirt
from tui.app.editor.file_dialogs import FileDialogs
from tui.app.editor.file_presentation import FORMAT_WORDS, notice_line
from tui.app.editor.first_run import FirstRun
from tui.app.editor.kept_edits import KeptEdits
from tui.app.editor.mending import NOT_MENDED, NOTHING_SAFE, review_of_remedies
from tui.app.editor.presentation import lines_of_disk, matching, preview_title, title_of
from tui.app.filtering import QueryField
from tui.app.keyed import NOTHING_TO_UNDO, KeyedScreen
from tui.app.widgets.disk_list import DiskList
from tui.app.widgets.document_view import DocumentView
from tui.app.widgets.key_line import KeyLine
from tui.app.widgets.lines import Lines
from tui.app.widgets.spans import STYLES, Line
from tui.disks import Format
from tui.editing import Aspect, Done, DoneKind, Editing, Mended, Refusal, Turn, View, mended
from tui.keys.editor import EDITOR_KEYS
from tui.machine import Machine
from tui.session import Arrival, Notice, Session, Told
from tui.visible import visible

if TYPE_CHECKING:
    from textual.widgets import Input

_HINT = "words: address, target, file, mode, rule"


class EditorScreen(KeyedScreen[None]):
    """Shows one machine and does what the keys ask; ``session`` is its file, open for editing."""

    COMPONENT_CLASSES = STYLES
    AUTO_FOCUS = "#disks"
    BINDINGS: ClassVar[list[BindingType]] = bindings(EDITOR_KEYS)

    class Left(Message):
        """The person is done with this file."""

    def __init__(self, session: Session, notices: Sequence[str] = (), *, explains: bool = False) -> None:
        super().__init__()
        self._first_run = FirstRun(wanted=explains)
        self.session = session
        self._files = FileDialogs(self, session, self._notice, self._leave)
        self._notices = notices
        self._view = View.WHOLE
        self._kind = self.editing.machine.configuration.format
        self._finding = 0
        self._refusal: Refusal | None = None
        self._turn: Turn | None = None
        self._searched: DocumentView | None = None
        self._message: tuple[str, str] | None = None
        self._words = ""
        self._query = QueryField(self, _HINT, self._filter_typed, lambda: self._searched or self._disks)
        self._shown: list[int] = []
        self._rows = DiskRows()
        self._held = ExitStack()
        self._begun = False
        self._kept = KeptEdits(self, session, self._files.show)

    @property
    def editing(self) -> Editing:
        """The machine being edited; another one where the file was read again."""
        return self.session.editing

    def compose(self) -> ComposeResult:
        """From top to bottom: the machine, its disks, the selected one, the previews, the keys.

        On the widest screens the disks stand at the left of both previews.
        """
        yield Lines(id="title")
        with Container(id="body"):
            with Container(id="machine"):
                yield DiskList(id="disks")
                yield Lines(id="details")
            with Container(id="previews"):
                yield DocumentView(Format.VMX, id="vmx")
                yield DocumentView(Format.DOMAIN_XML, id="xml")
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        """Show everything, and what was noticed on the way here."""
        self._disks = self.query_one("#disks", DiskList)
        self.watch(self._disks, "cursor", self._disk_selected, init=False)
        self._previews = {
            Format.VMX: self.query_one("#vmx", DocumentView),
            Format.DOMAIN_XML: self.query_one("#xml", DocumentView),
        }
        # Textual sets these only after it has laid the screen out once without them.
        widths = [
            name for least, name in self.app.HORIZONTAL_BREAKPOINTS or () if self.app.size.width >= least
        ]
        self.add_class(*widths[-1:])
        self._show_kind()
        self._show_disks(range(len(self.editing.disks)))
        self._show_previews()  # their lengths belong to the first layout, or there would be a second
        # Nothing is painted before all is in its place: on a slow line each early painting would show.
        self._held.enter_context(self.app.batch_update())

    def _begin(self) -> None:
        """Tell what was noticed on the way here."""
        if self.session.is_read_only:
            self._message = (f"Read-only: {self.session.reading.why_not}.", "line--warning")
        elif noticed := (*self._notices, *self.session.reading.notices):
            self._message = (noticed[0], "line--warning")
        self.update_all()

    def look_beside(self) -> None:
        """Read what lies beside the file. That may be on a slow or dead mount: nothing waits for it."""
        self.run_worker(self._look_beside(), group="sidecars", exclusive=True)

    async def _look_beside(self) -> None:
        look = self.session.look()
        arrival = self.session.looked(look, await asyncio.to_thread(look.run))
        if isinstance(arrival, Refusal):
            self._heard(arrival)
        elif arrival is Arrival.LEARNT:
            facts = self.session.editing.machine.sidecars.host
            if facts is not None and facts.words and self._message is None:
                self._message = (f"Its host says: {', '.join(facts.words)}.", "line--dim")
            self.update_all()

    def on_resize(self) -> None:
        """Lay the lines out anew; the first time, show them."""
        if self._begun:
            self.call_after_refresh(self.update_all)
            return
        self._begun = True
        self._begin()
        self.call_later(self._let_go)

    def _let_go(self) -> None:
        self._held.close()
        self.look_beside()
        self._kept.begin()
        self._first_run.begin(self, lambda: self._message is None and self._refusal is None)

    # Showing

    @property
    def selected(self) -> int | None:
        """The index of the disk under the cursor."""
        return self._disks.selected

    def update_all(self) -> None:
        """Show the machine as it stands; only what differs is painted. What was edited is kept first."""
        self._kept.note()
        self._shown = (
            list(matching(self.editing, self._words)) if self._words else list(range(len(self.editing.disks)))
        )
        with self.app.batch_update():
            self._show_disks(self._shown)
            self._show_title()
            self._show_details()
            self._show_previews()
            self.show_keys()

    def idle_keys(self) -> frozenset[str]:
        """What would do nothing to this machine as it stands."""
        return idle_keys(self.session, self.selected)

    def first_keys(self) -> tuple[str, ...]:
        """In a preview, what looks at it."""
        return PREVIEW_FIRST if isinstance(self.focused, DocumentView) else ()

    def _show_disks(self, indexes: Sequence[int]) -> None:
        of_libvirt = is_of_libvirt(self.editing.machine)
        self._disks.show(self._rows.of(self.editing, indexes), of_libvirt=of_libvirt)

    def _show_title(self) -> None:
        title = self.query_one("#title", Lines)
        title.show([title_of(self.session, title.size.width, shown=len(self._shown))])

    def _show_details(self) -> None:
        details = self.query_one("#details", Lines)
        height = max(details.size.height, 1)
        details.show(cut_to(self._detail_lines(details.size.width, height), height))

    def _detail_lines(self, width: int, height: int) -> Sequence[Line]:
        if self._turn is not None:
            return question_lines(self._turn, width)
        if self._refusal is not None:
            return refusal_lines(self._refusal, width)
        said = said_lines(*self._message[:1], width, self._message[1]) if self._message else []
        if self.selected is None:
            return said or no_disk_lines(self.editing.machine, width, searched=bool(self._words))
        marked = [marked_line(self.editing, self.selected, width)] if self.editing.marked else []
        machine, disk = self.editing.machine, self.editing.disks[self.selected]
        mends, place = self.editing.remedy_of, self._finding
        lines = partial(detail_lines, machine, disk, width, place, mends, instead=marked)
        return with_message(lines, said, width, height)

    def _show_previews(self) -> None:
        own = self.editing.machine.configuration.format
        hidden = next((other for other, one in self._previews.items() if not one.display), None)
        for kind, view in self._previews.items():
            if view.display:
                rows = self.editing.preview(kind, self._view, -1 if self.selected is None else self.selected)
                title = preview_title(kind, self._view, own=kind is own, lines=len(rows), hidden=hidden)
                view.show(rows, self.selected, title=title)

    def _show_kind(self) -> None:
        for kind, view in self._previews.items():
            view.set_class(kind is not self._kind, "-hidden")

    def say(self, text: str, style: str = "line--strong") -> None:
        """Tell something in the lines below the table, and show the machine as it stands."""
        self._refusal = self._turn = None
        self._message = (text, style)
        self.update_all()

    def _heard(self, outcome: Done | Refusal) -> None:
        self._message = self._turn = None
        self._refusal = outcome if isinstance(outcome, Refusal) else None
        if isinstance(outcome, Done) and outcome.cautions:
            self._message = (caution_words(outcome.cautions), "line--warning")
        elif isinstance(outcome, Done) and outcome.kind is not DoneKind.CHANGED:
            self._message = (outcome.said, "line--dim")
        self.update_all()

    # The file

    def action_save(self) -> None:
        """Show what will change, ask, and save."""
        self._first_run.end()
        self._files.show(self.session.save())

    def action_export(self) -> None:
        """Write the other format; of a domain XML it is asked first what it shall be for."""
        machine = self.editing.machine
        if machine.configuration.encrypted:
            self.say(f"Not exported: {machine.configuration.locked}.", "line--error")
        elif machine.other_format is Format.DOMAIN_XML and self.session.doing is None:
            self.app.push_screen(openers.choice(*menus.export_choices(machine)), self._export_chosen)
        else:
            self._files.show(self.session.export())

    def _export_chosen(self, value: str | None) -> None:
        if value is not None:
            self.editing.convert_for_kvm(menus.is_for_kvm(value))
            self.say(menus.export_said(value))
            self._files.show(self.session.export())

    def action_reload(self) -> None:
        """Read the file again, asking first where changes would be lost."""
        self._files.show(self.session.reload())

    def action_leave(self) -> None:
        """Leave, asking first where changes would be lost."""
        self._files.show(self.session.leave())

    def _notice(self, notice: Notice) -> None:
        self.say(*notice_line(notice))
        if notice.told is Told.RELOADED:
            self.look_beside()

    def _leave(self) -> None:
        self.post_message(self.Left())

    # Disks

    def _disk_selected(self) -> None:
        """Another disk: its sentence, finding and lines follow."""
        self._refusal = self._message = self._turn = None
        self._finding = 0
        self._show_details()
        self._show_previews()
        self.show_keys()

    def on_disk_list_box_clicked(self, message: DiskList.BoxClicked) -> None:
        """A click on a box is its key."""
        self.action_turn(message.aspect)

    def action_turn(self, aspect: str) -> None:
        """Turn an aspect of the marked disks, or of the selected one, over; where they differ ask."""
        if self.selected is None:
            self._say_none()
            return
        turn = self.editing.turn(Aspect(aspect), self.selected)
        if turn.value is None:
            self._refusal = self._message = None
            self._turn = turn
            self._show_details()
        else:
            self._heard(self.editing.toggle(turn.aspect, self.selected))

    def _say_none(self) -> None:
        """There is no disk for the key that was pressed: say why."""
        self.say(why_no_disk(self.editing.machine))

    def action_mode(self) -> None:
        """Choose a mode, or in a domain a preset."""
        if self.selected is None:
            self._say_none()
            return
        title, choices = menus.mode_choices(self.editing, self.selected)
        self.app.push_screen(openers.choice(title, choices), self._mode_chosen)

    def _mode_chosen(self, value: str | None) -> None:
        if value is not None and self.selected is not None:
            self._heard(menus.choose_mode(self.editing, value, self.selected))

    def action_mark(self) -> None:
        """Mark the selected disk, or take its mark away, and go on to the next."""
        if self.selected is None:
            self._say_none()
            return
        reason = self.editing.machine.locked(self.selected)
        if reason is not None:
            self._heard(Refusal(f"{self.editing.disks[self.selected].name} is locked: {reason}"))
            return
        self.editing.marked ^= {self.selected}
        self._refusal = self._message = self._turn = None
        self._disks.action_move(1)
        self.update_all()

    def action_mark_all(self) -> None:
        """Mark every disk shown that can be edited; take all marks away where they are."""
        open_ones = {index for index in self._shown if self.editing.machine.locked(index) is None}
        self.editing.marked = set() if open_ones <= self.editing.marked else self.editing.marked | open_ones
        self.update_all()

    def action_undo(self) -> None:
        """Take the last edit back, or say that there is none."""
        self._stepped(self.editing.undo(), NOTHING_TO_UNDO)

    def action_redo(self) -> None:
        """Make the edit again that was taken back last, or say that there is none."""
        self._stepped(self.editing.redo(), "Nothing to redo.")

    def _stepped(self, outcome: Done | None, nothing: str) -> None:
        if outcome is None:
            self.say(nothing, "line--dim")
        else:
            self._heard(outcome)

    def action_accept(self) -> None:
        """Take what is offered: the safe way, a refusal's remedy, else that of the finding in view."""
        if self._turn is not None:
            self._turned(self._turn, True)
        elif self._refusal is not None:
            if self._refusal.remedy is not None:
                self._heard(self.editing.accept(self._refusal))
        elif self.selected is not None:
            found = told_of(self.editing.machine, self.selected)
            offer = self.editing.remedy_of(found[self._finding % len(found)]) if found else None
            if offer is not None:
                self._heard(self.editing.make(offer.change, offer.disks))

    def action_override(self) -> None:
        """The other way; or insist on the refused edit, where the rule lets a person."""
        if self._turn is not None:
            self._turned(self._turn, False)
        elif self._refusal is not None and self._refusal.override is not None:
            self._heard(self.editing.override(self._refusal))

    def _turned(self, turn: Turn, value: bool) -> None:
        if self.selected is not None:
            self._heard(self.editing.toggle(turn.aspect, self.selected, value))

    def action_mend(self) -> None:
        """Show every safe remedy as one diff; enter takes them all."""
        remedies = mended(self.editing.machine, self.editing.found)
        if not remedies.taken:
            self.say(NOTHING_SAFE, "line--dim")
            return
        asked = review_of_remedies(self.editing, remedies)
        self.app.push_screen(openers.review(asked), partial(self._mended, self.editing.machine, remedies))

    def _mended(self, machine: Machine, remedies: Mended, answer: Answer | None) -> None:
        if answer is not None and machine is self.editing.machine:
            self._heard(self.editing.take(remedies))
        elif answer is not None:
            self.say(NOT_MENDED, "line--warning")

    def action_put_away(self) -> None:
        """Put away the message; with none, the filter; with none, the marks."""
        self._first_run.end()
        if self._refusal is not None or self._message is not None or self._turn is not None:
            self._refusal = self._message = self._turn = None
        elif isinstance(self.focused, DocumentView) and self.focused.searched:
            self.focused.search("")
        elif self._words:
            self._searched = None
            self._words = ""
            self._query.put("")
        else:
            self.editing.marked = set()
        self.update_all()

    # Looking

    def action_pane(self, step: int) -> None:
        """Go round the panes; a preview that shares its place comes to the front."""
        panes = [self._disks, *self._previews.values()]
        place = panes.index(self.focused) if self.focused in panes else 0
        pane = panes[(place + step) % len(panes)]
        if isinstance(pane, DocumentView):
            self._kind = pane.kind
            self._show_kind()
        pane.focus()
        self.call_after_refresh(self._show_previews)

    def action_view(self) -> None:
        """Whole document, this disk, diff."""
        views = list(View)
        self._view = views[(views.index(self._view) + 1) % len(views)]
        self._show_previews()

    def action_finding(self, step: int) -> None:
        """The next finding of the selected disk, then of the disks after it."""
        machine = self.editing.machine
        places = [(index, place) for index in self._shown for place in range(len(machine.findings_on(index)))]
        if not places or self.selected is None:
            self.say("No rule finds anything on the disks shown.", "line--dim")
            return
        here = (self.selected, self._finding)
        if here in places:
            index, place = places[(places.index(here) + step) % len(places)]
        else:
            index, place = next((one for one in places if one > here), places[0])
        self._refusal = self._message = self._turn = None
        if index != self.selected:
            self._disks.select(index)
            self.call_after_refresh(self._show_finding, place)
        else:
            self._show_finding(place)

    def _show_finding(self, place: int) -> None:
        self._finding = place
        self._show_details()

    def action_show_findings(self) -> None:
        """The whole text of every finding on the selected disk, the one in view first."""
        index = self.selected
        found = told_of(self.editing.machine, index)
        if not found:
            about = "machine" if index is None else "disk"
            self.say(f"No rule finds anything on this {about}.", "line--dim")
            return
        place = self._finding % len(found)
        name = "the machine" if index is None else visible(self.editing.disks[index].name)
        self.app.push_screen(openers.findings(name, (*found[place:], *found[:place])))

    def action_copy(self) -> None:
        """Copy the selected disk's lines of the preview in front."""
        focused = self.focused
        kind = focused.kind if isinstance(focused, DocumentView) else self._kind
        if self.selected is None:
            self._say_none()
            return
        lines = lines_of_disk(self.editing.machine, kind, self.selected)
        self.app.copy_to_clipboard("\n".join(lines) + "\n")
        self.say(f"To the terminal's clipboard: {FORMAT_WORDS[kind]}, lines copied: {len(lines)}.")

    def action_losses(self) -> None:
        """What the other format cannot say."""
        machine = self.editing.machine
        self.app.push_screen(openers.losses(FORMAT_WORDS[machine.other_format], machine.conversion))

    def action_plan(self) -> None:
        """What a snapshot would cover, with the edits as they stand."""
        machine = self.editing.machine
        self.app.push_screen(openers.plan(machine, self.session.reading.path))

    def action_history(self) -> None:
        """What was changed in this file; what is undone there, the editor reads."""
        self._files.show_history(self.say)

    def action_hypervisor(self) -> None:
        """Choose whose rules apply."""
        title, choices = menus.hypervisor_choices(self.editing.machine)
        self.app.push_screen(openers.choice(title, choices), self._hypervisor_chosen)

    def _hypervisor_chosen(self, value: str | None) -> None:
        if value is not None:
            self.editing.judge_for(menus.hypervisor_of(value))
            self.say(f"Judged for {self.editing.machine.hypervisor.label}.")

    def action_spelling(self) -> None:
        """Choose how XML spells the policy."""
        title, choices = menus.spelling_choices(self.editing.machine)
        self.app.push_screen(openers.choice(title, choices), self._spelling_chosen)

    def _spelling_chosen(self, value: str | None) -> None:
        if value is not None:
            self.editing.spell_in(menus.spelling_of(value))
            self.say(menus.spelling_said(value))

    async def action_filter(self) -> None:
        """Type a filter, or in a preview what to search there.

        A filter that is taken away again while it is typed moves nothing.
        """
        self._searched = self.focused if isinstance(self.focused, DocumentView) else None
        self._disks.hold()
        self._query.put(self._words if self._searched is None else self._searched.searched)
        await self._query.begin()

    def on_descendant_focus(self) -> None:
        """Other keys are of worth where the focus is now."""
        self.show_keys()

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Behind the filter's line what it left under the cursor counts."""
        if event.widget.id == "filter":
            self._disks.stay()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter with each letter."""
        self._filter_typed(event.value)

    def on_input_submitted(self) -> None:
        """Keep the filter."""
        self._query.end()

    def key_escape(self) -> None:
        """Leave the filter's line, and with it the filter."""
        self._query.leave()

    def _filter_typed(self, words: str) -> None:
        """Show only the disks that have all these words; or search the preview."""
        if self._searched is not None:
            self._searched.search(words)
            return
        self._words = words
        self._refusal = self._message = self._turn = None
        self.update_all()

    def action_help(self) -> None:
        """Every key and sign."""
        self.app.push_screen(openers.help_on(self))
