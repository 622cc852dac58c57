"""The editor's menus over its screen, and what is done with a choice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from tui.app import openers
from tui.app.bindings import bound_keys
from tui.app.editor import menus
from tui.app.editor.disk_edits import DiskEdits
from tui.app.editor.file_dialogs import FileDialogs
from tui.app.editor.mending import nothing_safe, review_of_remedies
from tui.disks import Format
from tui.editing import mended
from tui.session import Session


class MenuDialogs:
    """Asks for a mode, whose rules apply, a spelling, what an export is for, and whether to mend.

    ``selected`` gives the index of the disk under the cursor, None where no disk is shown.
    """

    def __init__(
        self,
        screen: Screen[Any],
        session: Session,
        edits: DiskEdits,
        files: FileDialogs,
        selected: Callable[[], int | None],
    ) -> None:
        self._screen = screen
        self._session = session
        self._edits = edits
        self._files = files
        self._selected = selected

    def choose_mode(self) -> None:
        """A mode, or in a domain a preset."""
        selected = self._selected()
        if selected is None:
            self._edits.say_no_disk()
        else:
            choices = menus.mode_choices(self._session.editing, selected)
            self._screen.app.push_screen(openers.choice(*choices), self._mode_chosen)

    def _mode_chosen(self, value: str | None) -> None:
        if value is not None:
            self._edits.choose_mode(value, self._selected())

    def choose_hypervisor(self) -> None:
        """Ask whose rules the machine is judged by, and judge it by those."""
        choices = menus.hypervisor_choices(self._session.editing.machine)
        self._screen.app.push_screen(openers.choice(*choices), self._hypervisor_chosen)

    def _hypervisor_chosen(self, value: str | None) -> None:
        if value is not None:
            editing = self._session.editing
            editing.judge_for(menus.hypervisor_of(value))
            self._edits.say(f"Judged for {editing.machine.hypervisor.label}.")

    def choose_spelling(self) -> None:
        """How XML spells the policy."""
        choices = menus.spelling_choices(self._session.editing.machine)
        self._screen.app.push_screen(openers.choice(*choices), self._spelling_chosen)

    def _spelling_chosen(self, value: str | None) -> None:
        if value is not None:
            self._session.editing.spell_in(menus.spelling_of(value))
            self._edits.say(menus.spelling_message(value))

    def export(self) -> None:
        """Write the other format; of a domain XML it is asked first what it shall be for."""
        machine = self._session.editing.machine
        if machine.configuration.encrypted:
            self._edits.say(f"Not exported: {machine.configuration.locked}.", "line--error")
        elif machine.other_format is Format.DOMAIN_XML and self._session.doing is None:
            self._screen.app.push_screen(openers.choice(*menus.export_choices(machine)), self._export_chosen)
        else:
            self._files.show(self._session.export())

    def _export_chosen(self, value: str | None) -> None:
        if value is not None:
            self._session.editing.convert_for_kvm(menus.is_for_kvm(value))
            self._edits.say(menus.export_message(value))
            self._files.show(self._session.export())

    def mend(self) -> None:
        """Show every safe remedy as one diff, to be taken at once."""
        editing = self._session.editing
        machine, remedies = editing.machine, mended(editing.machine, editing.found)
        keys = bound_keys(self._screen.app)
        if not remedies.taken:
            self._edits.say(nothing_safe(machine, keys), "line--dim")
            return
        self._screen.app.push_screen(
            openers.review(review_of_remedies(editing, remedies, keys)),
            lambda answer: None if answer is None else self._edits.mend(machine, remedies),
        )
