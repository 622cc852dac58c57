"""The application: settings, the command palette, and which screen is shown."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen
from textual.scrollbar import ScrollBar

from tui.app import openers
from tui.app.commands import ActionCommands
from tui.app.dialogs.questions import Choice
from tui.app.editor.editor_keys import clashes
from tui.app.settings import Settings, keep_theme
from tui.app.terminal.driver import LeanDriver
from tui.app.theme import THEME
from tui.app.typed_ahead import KeysInTurn
from tui.app.widgets.thin_bar import ThinBar
from tui.machine import Machine, SeveralDomainsError, machine_in
from tui.rules import Hypervisor
from tui.storage import Reading

if TYPE_CHECKING:
    from tui.app.editor.file_screen import FileScreen
    from tui.app.fleet.places import Places
    from tui.formats.spellings import Spelling


# Textual's commands that say again what a key of ours does, or have no use here.
_NO_USE = frozenset(("Quit", "Keys", "Maximize", "Minimize"))


class DiskmodeApp(KeysInTurn):
    """Edits one file's machine, or shows the fleet of some places, and edits each from there.

    ``accepted`` are the bytes last saved, or those that were read; ``failure`` is the mistake of ours that
    ended it, if one did.
    """

    # The first screen's rules among the common ones: a screen that brings its own has all of them read again.
    CSS_PATH = ["app.tcss", "editor/editor_screen.tcss"]  # noqa: RUF012 - Textual declares it without ClassVar
    TITLE = "diskmode"
    AWAITED = frozenset(("file", "open", "plan", "look"))
    COMMANDS: ClassVar = App.COMMANDS | {ActionCommands}
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it without ClassVar
        (0, "-narrow"),
        (120, "-wide"),
        (160, "-widest"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+l",
            "repaint",
            "paint anew",
            show=False,
            priority=True,
            id="app.repaint",
            tooltip="Paint the screen anew, where something else wrote over it",
        ),
        Binding(
            "ctrl+z",
            "suspend_process",
            "suspend",
            show=False,
            priority=True,
            id="app.suspend",
            tooltip="Stop here and go back to the shell; fg comes back",
        ),
        Binding("ctrl+c", "help_quit", "Quit", id="app.interrupt", show=False, system=True),
        Binding("ctrl+q", "quit", "Quit", id="app.quit-now", show=False, system=True),
    ]

    def __init__(
        self,
        opened: Reading | Places,
        settings: Settings | None = None,
        *,
        domain: str | None = None,
        hypervisor: Hypervisor | None = None,
        spelling: Spelling | None = None,
    ) -> None:
        super().__init__()
        self.register_theme(THEME)
        if "TEXTUAL_THEME" not in os.environ:
            self.theme = THEME.name
        self.failure: BaseException | None = None
        self._opened = opened
        self.accepted = opened.data if isinstance(opened, Reading) else b""
        self.notices: list[str] = []
        self._settings = settings or Settings()
        self._domain = domain
        self._hypervisor = hypervisor
        self._spelling = spelling

    def get_driver_class(self) -> type[Driver]:
        """Textual's own, but on Unix one that writes less to the terminal."""
        found = super().get_driver_class()
        return LeanDriver if found is LinuxDriver else found

    def on_mount(self) -> None:
        """Apply the settings and open what was asked for."""
        ScrollBar.renderer = ThinBar
        if self._settings.trouble:
            self.notices.append(self._settings.trouble)
        if self._settings.keymap:
            self.set_keymap(self._settings.keymap)
            self.notices += clashes(self._settings.keymap)
        self.theme_changed_signal.subscribe(self, self._keep_theme)
        if isinstance(self._opened, Reading):
            self._open(self._opened)
        else:
            from tui.app.fleet.fleet_screen import FleetScreen  # noqa: PLC0415 - an editor never needs it

            self.push_screen(FleetScreen(self._opened, self.machine_read, self.notices))

    def on_ready(self) -> None:
        """The first frame stands. What was loaded for it stays, and is not looked through for garbage.

        Nor is that done at every key: a frame makes thousands of small things, nearly all without cycles.
        """
        gc.freeze()
        gc.set_threshold(50_000)
        gc.enable()

    def _open(self, reading: Reading) -> None:
        """The editor on one file, asking first which machine where it holds several."""
        try:
            self._edit(reading)
        except SeveralDomainsError as error:
            choices = [Choice(name, str(number)) for number, name in enumerate(error.names, 1)]
            self.push_screen(openers.choice("Which domain?", choices), partial(self._domain_chosen, reading))

    def _domain_chosen(self, reading: Reading, number: str | None) -> None:
        if number is None:
            self.exit()
            return
        self._domain = number
        self._edit(reading)

    def _edit(self, reading: Reading) -> None:
        from tui.app.editor.editor_screen import EditorScreen  # noqa: PLC0415 - a fleet needs it later, if at all

        self.push_screen(EditorScreen(reading, self.machine_read(reading), self.machine_read, self.notices))

    def on_file_screen_left(self) -> None:
        """Back to the fleet where there is one, else out."""
        if isinstance(self._opened, Reading):
            self.exit()
        else:
            self.screen.dismiss(None)

    def on_file_screen_accepted(self, message: FileScreen.Accepted) -> None:
        """What was accepted goes to standard output when the screen has closed."""
        self.accepted = message.data

    def machine_read(self, reading: Reading, domain: str | None = None) -> Machine:
        """The machine in bytes that were read, looked at as this run was asked to.

        Raises FormatError, and SeveralDomainsError where a domain must be chosen first.
        """
        machine = machine_in(
            reading.data, None if reading.path is None else reading.path.path, domain or self._domain
        )
        return replace(machine, chosen=self._hypervisor, spelling=self._spelling)

    async def action_quit(self) -> None:
        """Leave as q does, also from the command palette: unsaved changes are asked about."""
        from tui.app.dialogs.review import ReviewScreen  # noqa: PLC0415
        from tui.app.editor.file_screen import FileScreen  # noqa: PLC0415 - loaded where there is an editor

        editors = [screen for screen in self.screen_stack if isinstance(screen, FileScreen)]
        if not editors:
            self.exit()
        elif not isinstance(self.screen, ReviewScreen):
            editors[0].action_leave()

    def action_suspend_process(self) -> None:
        """Stop with all that we were started with, as ctrl+z does elsewhere, where a shell goes on then."""
        if self._driver is not None and self._driver.can_suspend:
            os.killpg(os.getpgrp(), signal.SIGTSTP)

    def action_command_palette(self) -> None:
        """As the base does; no cursor blinks, for an idle screen writes nothing."""
        super().action_command_palette()
        self.call_later(self._calm)

    def _calm(self) -> None:
        from textual.widgets import Input  # noqa: PLC0415 - the palette has loaded it

        for field in self.screen.query("CommandInput").results(Input):
            field.cursor_blink = False

    def action_help_quit(self) -> None:
        """Say which keys lead out: ctrl+c may be meant to copy."""
        for active in self.active_bindings.values():
            if active.binding.action == "leave":
                leads = f"{self.get_key_display(active.binding)}: {active.binding.tooltip}"
                self.notify(leads, title="ctrl+c does not leave", markup=False)
                return

    def action_repaint(self) -> None:
        """Write every cell of the screen: something else may have written to the terminal."""
        if isinstance(self._driver, LeanDriver):
            self._driver.forget()
        self.refresh()

    def _fatal_error(self) -> None:
        """Leave; the command line tells of it. Textual's way is a traceback across the screen."""
        self.failure = self.failure or sys.exception()
        self._close_messages_no_wait()

    def _keep_theme(self, _: object) -> None:
        if self.theme != self._settings.theme:
            trouble = keep_theme(self.theme)
            if trouble:
                self.notices.append(trouble)

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Nothing more: a keymap's clashes were told at the start, with both actions' names."""

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Textual's own commands, without those that have no use here."""
        for command in super().get_system_commands(screen):
            if command.title not in _NO_USE:
                yield command
