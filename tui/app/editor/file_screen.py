"""What happens to the file of the machine on the screen: save, export, reload, leave."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace

from textual.message import Message
from textual.screen import Screen

from tui.app import openers
from tui.app.dialogs.questions import Answer, Review
from tui.app.editor import menus
from tui.app.typed_ahead import KeysInTurn
from tui.app.widgets.spans import STYLES
from tui.disks import Format
from tui.editing import Editing
from tui.formats.errors import FormatError
from tui.machine import Machine
from tui.storage import (
    ConflictError,
    ErrorKind,
    ExistsError,
    Reading,
    StorageError,
    address_typed,
    current,
    is_same,
    save,
    write_new,
)

FORMAT_WORDS = {Format.VMX: "VMX", Format.DOMAIN_XML: "domain XML"}
_SUFFIX = {Format.VMX: ".vmx", Format.DOMAIN_XML: ".xml"}


class FileScreen(Screen[None]):
    """A screen on one file's machine. How it looks, and how it says something, the editor knows.

    ``read_machine`` makes the machine of bytes read anew.
    """

    COMPONENT_CLASSES = STYLES

    class Accepted(Message):
        """Standard input was edited and accepted: ``data`` goes to standard output in the end."""

        def __init__(self, data: bytes) -> None:
            super().__init__()
            self.data = data

    class Left(Message):
        """The person is done with this file."""

    def __init__(
        self, reading: Reading, machine: Machine, read_machine: Callable[[Reading], Machine]
    ) -> None:
        super().__init__()
        self.reading = reading
        self.editing = Editing(machine)
        self._read_machine = read_machine
        self._work: str | None = None

    @abstractmethod
    def say(self, text: str, style: str = "line--strong") -> None:
        """Tell the person something, and show the machine as it stands."""

    @abstractmethod
    def look_beside(self) -> None:
        """Begin to read what lies beside the file."""

    def action_save(self) -> None:
        """Show what will change, ask, and save."""
        if self._is_at_work():
            return
        if not self.editing.is_changed:
            self.say("Nothing to save: no byte differs from the file.", "line--dim")
        elif self.reading.path is None:
            self._review(
                "Accept", ["Standard input: the text goes to standard output when you leave."], "accept", None
            )
        elif not self.reading.writable:
            self._ask_copy(f"The file cannot be written: {self.reading.why_not}. Write a copy to")
        else:
            kept = f"{self.reading.path}: owner, mode, attributes and links are kept; no other byte changes."
            self._review("Save", [kept], "save", backup=False)

    def _review(self, title: str, sentences: Sequence[str], name: str, backup: bool | None) -> None:
        kind = self.editing.machine.configuration.format
        answers = [("enter", name, title.lower())]
        self.app.push_screen(
            openers.review(Review(title, kind, self.editing.review(), sentences, answers, backup)),
            self._reviewed,
        )

    def _reviewed(self, answer: Answer | None) -> None:
        if answer is None:
            return
        if answer.name == "accept":
            self._accepted()
        else:
            self._work_on("saving", self._save(backup=answer.backup, leave=answer.name == "save-leave"))

    def _accepted(self) -> None:
        self.editing.saved(self.editing.machine)
        self.post_message(self.Accepted(self.editing.found.document.data))
        self.say("Accepted: it goes to standard output when you leave.")

    async def _save(self, *, backup: bool, leave: bool) -> None:
        written, turn = self.editing.machine, self._turn()
        try:
            self.reading = await asyncio.to_thread(save, self.reading, written.document.data, backup=backup)
        except ConflictError as error:
            if self._typed_since(turn):
                said = f"Not saved: {error.what}; ctrl+s shows how. Your changes are still here."
                self.say(said, "line--error")
            else:
                self._show_conflict(error)
            return
        except StorageError as error:
            self.say(f"Not saved: {error}. Your changes are still here.", "line--error")
            return
        self.editing.saved(written)
        if leave and not self.editing.is_changed and self.is_current:
            self.post_message(self.Left())
            return
        doubt = f" {self.reading.doubt}" if self.reading.doubt else ""
        copy = f" The old bytes are in {self.reading.backup}." if self.reading.backup else ""
        self.say(f"Saved {self.reading.path}.{copy}{doubt}", "line--changed")

    # Work with files: one at a time, for each says in the end how it ended.

    def _work_on(self, doing: str, work: Coroutine[None, None, None]) -> None:
        self._work = doing
        self.run_worker(self._to_its_end(work), group="file")

    async def _to_its_end(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        finally:
            self._work = None

    def _is_at_work(self) -> bool:
        """Whether something is done with a file; then that is said."""
        if self._work is not None:
            self.say(f"Still {self._work}.", "line--dim")
        return self._work is not None

    def _turn(self) -> int:
        return self.app.turn if isinstance(self.app, KeysInTurn) else 0

    def _typed_since(self, turn: int) -> bool:
        """Whether the person went on typing: a question that comes up now would take their next letter."""
        return isinstance(self.app, KeysInTurn) and self.app.typed_since(turn)

    def _show_conflict(self, error: ConflictError) -> None:
        kind = self.editing.found.configuration.format
        if error.current is None:
            lines, sentence = [], "The file is gone; somebody removed or renamed it."
        else:
            lines = menus.difference(self.editing.found, error.current)
            sentence = (
                "Somebody changed the file since it was read. This is what they changed; nothing was saved."
            )
        answers = [("c", "copy", "write yours to another file")]
        if error.current is not None:
            answers.insert(0, ("r", "reload", "read it anew, your changes are dropped"))
        self.app.push_screen(
            openers.review(Review("The file changed", kind, lines, [sentence], answers)),
            self._conflict_answered,
        )

    def _conflict_answered(self, answer: Answer | None) -> None:
        if answer is not None and answer.name == "reload":
            self._reload()
        elif answer is not None:
            self._ask_copy("Write your changes to")

    def _ask_copy(self, title: str) -> None:
        path = self.reading.path
        value = str(path.with_name(f"{path.stem}-edited{path.suffix}")) if path else "machine-edited"
        data = self.editing.machine.document.data
        self.app.push_screen(openers.prompt(title, value), lambda path: self._write_out(path, data))

    def action_export(self) -> None:
        """Write the other format."""
        if self._is_at_work():
            return
        kind = self.editing.machine.other_format
        name = self.editing.machine.configuration.name or "machine"
        path = self.reading.path
        stem = path.stem if path else "".join(c if c.isalnum() else "-" for c in name)
        out = stem + _SUFFIX[kind]
        data = self.editing.machine.conversion.text.encode("utf-8")
        lost = len(self.editing.machine.conversion.losses)
        unsaid = f" (esc, then l: what it cannot say, {lost} in all)" if lost else ""
        title = f"Export {FORMAT_WORDS[kind]}{unsaid} to"
        self.app.push_screen(
            openers.prompt(title, str(path.with_name(out) if path else out)),
            lambda path: self._write_out(path, data),
        )

    def _write_out(self, path: str | None, data: bytes) -> None:
        if path is not None:
            self._work_on("writing", self._write(address_typed(path), data))

    async def _write(self, path: str, data: bytes, *, overwrite: bool = False) -> None:
        turn = self._turn()
        try:
            written = await asyncio.to_thread(write_new, path, data, overwrite=overwrite)
        except ExistsError as error:
            if await asyncio.to_thread(is_same, self.reading, path):
                self.say(f"Not written: {path} is the file on the screen; ctrl+s saves it.", "line--error")
            elif self._typed_since(turn) or error.kind is not ErrorKind.TAKEN:
                self.say(f"Not written: {error}", "line--error")
            else:
                self._ask_to_replace(error, path, data)
        except StorageError as error:
            self.say(f"Not written: {error}", "line--error")
            if not self._typed_since(turn):
                title = f"Not written: {error.what}. Write it to"
                self.app.push_screen(openers.prompt(title, path), lambda path: self._write_out(path, data))
        else:
            self.say(f"Wrote {written}.", "line--changed")

    def _ask_to_replace(self, error: ExistsError, path: str, data: bytes) -> None:
        def heard(answer: Answer | None) -> None:
            if answer is None:
                self.say(f"Not written: {error}", "line--error")
            else:
                self._work_on("writing", self._write(path, data, overwrite=True))

        answers = [("w", "replace", "write over it")]
        kind = self.editing.machine.other_format
        review = Review("Replace", kind, (), [f"{path}: {error.what}. Its old bytes will be gone."], answers)
        self.app.push_screen(openers.review(review), heard)

    def action_reload(self) -> None:
        """Read the file again, asking first where changes would be lost."""
        if self.reading.path is None:
            self.say("Standard input cannot be read again.", "line--dim")
        elif self._is_at_work():
            return
        elif self.editing.is_changed:
            self._ask_about_changes(
                "Reload", [("enter", "reload", "reload, drop them")], self._conflict_answered
            )
        else:
            self._reload()

    def _reload(self) -> None:
        self._work_on("reading", self._read_again())

    async def _read_again(self) -> None:
        before = self.editing.machine.document
        try:
            reading = await asyncio.to_thread(current, self.reading)
            if self.editing.machine.document is not before:
                self.say("Not reloaded: you edited it meanwhile.", "line--warning")
                return
            if reading is None:
                self.say(f"The file is gone: {self.reading.path}. Your text is still here.", "line--error")
                return
            machine = self._read_machine(reading)
        except (StorageError, FormatError) as error:
            self.say(f"Not reloaded: {error}", "line--error")
            return
        now = self.editing.machine
        self.reading = reading
        self.editing = Editing(replace(machine, chosen=now.chosen, spelling=now.spelling))
        self.say(f"Read {reading.path} again.")
        self.look_beside()

    def action_leave(self) -> None:
        """Leave, asking first where changes would be lost."""
        if self._is_at_work():
            return
        if not self.editing.is_changed:
            self.post_message(self.Left())
            return
        save_it = (
            ("s", "save-leave", "save and leave")
            if self.reading.writable
            else ("s", "accept-leave", "accept and leave")
        )
        answers = [("d", "discard", "leave, drop them")]
        if self.reading.writable or self.reading.path is None:
            answers.insert(0, save_it)
        self._ask_about_changes("Unsaved changes", answers, self._leaving)

    def _ask_about_changes(
        self, title: str, answers: Sequence[tuple[str, str, str]], heard: Callable[[Answer | None], None]
    ) -> None:
        kind = self.editing.machine.configuration.format
        where = "in the file" if self.reading.path is not None else "accepted"
        review = Review(title, kind, self.editing.review(), [f"These changes are not {where}:"], answers)
        self.app.push_screen(openers.review(review), heard)

    def _leaving(self, answer: Answer | None) -> None:
        if answer is None:
            return
        if answer.name == "save-leave":
            self._reviewed(answer)
            return
        if answer.name == "accept-leave":
            self._accepted()
        self.post_message(self.Left())  # behind the message that says what was accepted
