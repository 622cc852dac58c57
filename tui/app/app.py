"""The application: settings, the command palette, and which screen is shown."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.dom import DOMNode

from tui import posix
from tui.app import openers
from tui.app.ascii_signs import key_word
from tui.app.bindings import bindings, bound_keys
from tui.app.dialogs.questions import Choice
from tui.app.endings import STDIN_NAME
from tui.app.keyed_screen import KeyedScreen
from tui.app.palette import ActionCommands
from tui.app.textual_insides import (
    can_suspend,
    draw_thin_bars,
    let_pages_wait_for_lines,
    put_back,
    repaint,
    writes_utf8,
)
from tui.app.theme import THEMES
from tui.app.typed_ahead import KeysInTurn
from tui.keys.general import APP_KEYS
from tui.machine import Machine, machine_in
from tui.session import Choices, Session, SeveralDomains
from tui.settings import OWN_THEME, Settings, keep_theme
from tui.storage import Reading

if TYPE_CHECKING:
    from tui.app.fleet.fleet_paths import FleetPaths


_NOTHING_CHOSEN = Choices()


class DiskmodeApp(KeysInTurn):
    """Edits one file's machine, or shows the fleet of some places, and edits each from there.

    ``has_left`` tells whether the person left by choice; ``cut_off`` is called where the terminal is gone.
    ``failure`` is the internal error that ended it, if any. ``kept`` are the files with edits that were
    not saved when it ended otherwise.
    """

    # The first screens' styles are among the common ones: Textual parses all styles again for a screen that
    # has its own.
    CSS_PATH = ["app.tcss", "editor/editor_screen.tcss"]  # noqa: RUF012 - Textual declares it without ClassVar
    TITLE = "diskmode"
    AWAITED = frozenset(("file", "open", "plan", "match"))
    COMMANDS: ClassVar = {ActionCommands}  # Textual's own repeat what our keys do, or have no use here
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it without ClassVar
        (0, "-narrow"),
        (120, "-wide"),
        (160, "-widest"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-medium"), (24, "-high"), (40, "-highest")]  # noqa: RUF012 - as above
    BINDINGS: ClassVar[list[BindingType]] = bindings(APP_KEYS)

    def __init__(
        self,
        opened: Session | SeveralDomains | FleetPaths,
        settings: Settings | None = None,
        choices: Choices = _NOTHING_CHOSEN,
        theme: str | None = None,
        *,
        explains: bool = False,
    ) -> None:
        """Show ``opened``; ``theme`` is the one to begin with, None: Textual's way to choose one, or ours.

        ``explains``: whoever uses the editor for the first time is told its keys.
        """

        super().__init__()
        for one in THEMES:
            self.register_theme(one)
        if theme is not None or "TEXTUAL_THEME" not in os.environ:
            self.theme = theme or OWN_THEME
        self.has_left = False
        self.cut_off: Callable[[], None] = self.end
        self.kept: list[str] = []
        self._opened = opened
        self.notices: list[str] = []
        self._settings = settings or Settings()
        self._choices = choices
        self._explains = explains

    def on_mount(self) -> None:
        """Apply the settings and open what was asked for."""
        draw_thin_bars()
        let_pages_wait_for_lines()
        if self._settings.trouble:
            self.notices.append(self._settings.trouble)
        if self._settings.keymap:
            self.set_keymap(self._settings.keymap)
        self.theme_changed_signal.subscribe(self, self._keep_theme)
        self._open()

    def _open(self) -> None:
        if isinstance(self._opened, Session):
            self._edit(self._opened)
        elif isinstance(self._opened, SeveralDomains):
            choices = [Choice(name, str(number)) for number, name in enumerate(self._opened.names, 1)]
            chosen = partial(self._domain_chosen, self._opened)
            self.push_screen(openers.choice("Which domain?", choices), chosen)
        else:
            from tui.app.fleet.fleet_screen import FleetScreen  # noqa: PLC0415 - an editor never needs it

            saved = self._settings.filters
            self.push_screen(FleetScreen(self._opened, self.machine_read, self.notices, saved))

    def on_ready(self) -> None:
        """The first frame is shown. What was loaded for it is frozen for the garbage collector.

        Its thresholds are raised: a frame makes thousands of short-lived objects, nearly all without cycles.
        """
        gc.freeze()
        gc.set_threshold(50_000)
        gc.enable()

    def _domain_chosen(self, several: SeveralDomains, number: str | None) -> None:
        if number is None:
            self.exit()
            return
        self._opened = several.chosen(number, self._choices)
        self._open()

    def _edit(self, session: Session) -> None:
        from tui.app.editor.editor_screen import EditorScreen  # noqa: PLC0415 - a fleet needs it later, if at all

        self.push_screen(EditorScreen(session, self.notices, explains=self._explains))

    def exit(self, *args: Any, **kwargs: Any) -> None:
        """Leave, as the person chose to."""
        self.has_left = True
        super().exit(*args, **kwargs)

    def end(self) -> None:
        """Close the screen although the person did not leave.

        May be called from a signal handler at any time.
        """
        self.call_soon(self._end)

    def terminal_gone(self) -> None:
        """Report that the terminal is gone to the caller."""
        self.cut_off()

    def _end(self) -> None:
        self._note_kept()
        super().exit(return_code=1)

    def _note_kept(self) -> None:
        """Note which files have unsaved edits, while the screens still exist."""
        from tui.app.editor.editor_screen import EditorScreen  # noqa: PLC0415 - loaded where there is one

        editors = [screen for screen in self.screen_stack if isinstance(screen, EditorScreen)]
        for editor in editors:
            editor.session.note_edits()
        paths = [editor.session.reading.path for editor in editors if editor.session.has_unsaved]
        self.kept = [STDIN_NAME if path is None else str(path) for path in paths]

    def put_terminal_back(self) -> None:
        """Restore the terminal at once, without waiting for the writer thread."""
        put_back(self)

    @property
    def accepted(self) -> bytes:
        """The bytes last saved or accepted, or those that were read; none of a fleet."""
        match self._opened:
            case Session():
                return self._opened.accepted
            case SeveralDomains():
                return self._opened.reading.data
            case _:
                return b""

    def given_back(self) -> None:
        """What was accepted was written to standard output."""
        if isinstance(self._opened, Session):
            self._opened.given_back()

    def on_editor_screen_left(self) -> None:
        """Back to the fleet where there is one, else out."""
        if isinstance(self._opened, Session):
            self.exit()
        else:
            self.screen.dismiss(None)

    def machine_read(self, reading: Reading, domain: str | None = None) -> Machine:
        """The machine in bytes that were read, looked at as this run was asked to.

        Raises FormatError, and SeveralDomainsError where a domain must be chosen first.
        """
        path = None if reading.path is None else reading.path.path
        return self._choices.applied_to(machine_in(reading.data, path, domain or self._choices.domain))

    async def action_quit(self) -> None:
        """Leave as q does, also from the command palette: unsaved changes are asked about."""
        from tui.app.dialogs.review import ReviewScreen  # noqa: PLC0415
        from tui.app.editor.editor_screen import EditorScreen  # noqa: PLC0415 - loaded where there is an editor

        editors = [screen for screen in self.screen_stack if isinstance(screen, EditorScreen)]
        if not editors:
            self.exit()
        elif not isinstance(self.screen, ReviewScreen):
            editors[0].action_leave()

    def action_suspend_process(self) -> None:
        """Stop with all that we were started with, as ctrl+z does elsewhere, where a shell goes on then."""
        if can_suspend(self):
            posix.stop()

    def action_command_palette(self) -> None:
        """As the base does, without a blinking cursor: an idle screen writes nothing."""
        super().action_command_palette()
        self.call_later(self._stop_blinking)

    def _stop_blinking(self) -> None:
        from textual.widgets import Input  # noqa: PLC0415 - the palette has loaded it

        for field in self.screen.query("CommandInput").results(Input):
            field.cursor_blink = False

    def action_help_quit(self) -> None:
        """Say which key quits: ctrl+c may be meant to copy."""
        leaving = [active for active in self.active_bindings.values() if active.binding.action == "leave"]
        if not leaving:
            return
        key, pressed = self.get_key_display(leaving[0].binding), bound_keys(self)["app.interrupt"]
        sentence = f"{pressed} does not leave: {key} leaves."
        if isinstance(self.screen, KeyedScreen):
            self.screen.say(sentence)
        else:
            self.notify(sentence, markup=False)

    def action_settings(self) -> None:
        """Where the settings are, what is set, and what is wrong with them."""
        self.push_screen(openers.settings(self._settings, self.theme))

    def action_picture(self) -> None:
        """Write a picture of the screen, when the palette is gone."""
        self.set_timer(0.1, self.deliver_screenshot)

    def get_key_display(self, binding: Binding) -> str:
        """Enter by its name, as in every sentence; others too where the locale has no sign for them."""
        word = None if binding.key_display else key_word(binding.key, utf8=writes_utf8())
        return word or super().get_key_display(binding)

    def action_repaint(self) -> None:
        """Write every cell of the screen: something else may have written to the terminal."""
        repaint(self)

    def failing(self) -> None:
        """Remember the edits before the screens are gone."""
        self._note_kept()

    def _keep_theme(self, _: object) -> None:
        if self.theme != self._settings.theme:
            trouble = keep_theme(self.theme)
            if trouble:
                self.notices.append(trouble)

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Do nothing: the clashes of a keymap were reported at the start, and those keys left out."""
