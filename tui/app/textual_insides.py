"""All that overrides or reads what Textual does not promise to keep: private names, its driver, its parser.

`tests/app/test_textual_insides.py` has a test for each of these, which says what changed when Textual does.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import sys
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rich.color import Color
from rich.console import RenderableType
from rich.segment import Segment, Segments
from rich.style import Style
from textual import constants, events
from textual._parser import ParseTimeout
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.scrollbar import ScrollBar, ScrollBarRender

from tui import posix
from tui.app.ascii_signs import in_ascii, speaks_utf8
from tui.app.terminal.painter import Painter
from tui.app.typed_sequences import Pasted, SequenceSplitter
from tui.app.widgets.thin_bar import thumb

if TYPE_CHECKING:
    from textual.await_complete import AwaitComplete
    from textual.driver import Driver
    from textual.message import Message
    from textual.screen import Screen

try:
    from textual.drivers.linux_driver import LinuxDriver
except ImportError:  # no termios: Textual has another driver there, and ours stand unused
    from textual.driver import Driver as LinuxDriver  # type: ignore[assignment]

MOST_COLUMNS, MOST_ROWS = 1000, 500
"""A terminal that reports to be larger is taken to be of this size."""

_NOT_UTF8 = "\ufffd"
_TRACK, _THUMB = "│", "┃"


class SteadyParser(XTermParser):
    """Textual's parser of what a terminal sends, given whole sequences: what it does not know is dropped."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self.sequences = SequenceSplitter()

    def feed(self, data: str) -> Iterable[Message]:
        """The events in ``data``; empty at the end of all."""
        for part in self.sequences.split(data):
            yield from [events.Paste(part.text)] if isinstance(part, Pasted) else self._parsed(part)

    def tick(self) -> Iterable[Message]:
        """The events of what was held back and turned out to be no sequence."""
        for part in self.sequences.overdue(constants.ESCAPE_DELAY):
            yield from self._parsed(part)

    def _parsed(self, sequence: str) -> list[Message]:
        """What Textual makes of a letter or a whole sequence; nothing where it does not know it."""
        if sequence == _NOT_UTF8:
            return []
        found: list[Message] = []
        try:
            found += super().feed(sequence)
            if self._awaiting.timeout is not None:
                if len(sequence) > 2:
                    self._begin_anew()
                else:  # the escape key, or a letter with alt
                    self._awaiting = self._gen.throw(ParseTimeout())
                    found += self._tokens
                    self._tokens.clear()
        except Exception:  # whatever it is that it stumbled over: the next letter is a new one
            self._begin_anew()
        return [kept for one in found if (kept := _sound(one)) is not None]

    def _begin_anew(self) -> None:
        self._tokens.clear()
        self._gen = self.parse(self._tokens.append)
        self._awaiting = next(self._gen)
        self._timeout_time = None


def _sound(event: Message) -> Message | None:
    """The event, its size within bounds; None where nothing can be made of it."""
    if isinstance(event, events.Resize):
        return events.Resize.from_dimensions(bounded(event.size), event.pixel_size)
    if isinstance(event, events.MouseEvent):
        return event if event.x < MOST_COLUMNS and event.y < MOST_ROWS else None
    if isinstance(event, events.Key):
        letters = event.key + (event.character or "")
        return None if not event.key or any("\ud800" <= one <= "\udfff" for one in letters) else event
    return event


def bounded(size: tuple[int, int]) -> tuple[int, int]:
    """Columns and rows that a screen can have."""
    columns, rows = size
    return min(max(columns, 1), MOST_COLUMNS), min(max(rows, 1), MOST_ROWS)


class SteadyDriver(LinuxDriver):
    """Textual's driver for Unix, which nothing typed can end."""

    def start_application_mode(self) -> None:
        """Take the terminal; when a shell resumes the program, it paints at once, not at the next key."""
        posix.on_resume(asyncio.get_running_loop(), self._sigcont_application)
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual left its types out

    @property
    def can_suspend(self) -> bool:
        """Whether a shell goes on when we stop: one that gave us a process group of our own."""
        return posix.can_stop()

    def _get_terminal_size(self) -> tuple[int, int]:
        return bounded(super()._get_terminal_size())

    @cached_property
    def _is_utf8(self) -> bool:
        return writes_utf8()

    def spelt(self, data: str) -> str:
        """In letters that the person's locale has."""
        return data if self._is_utf8 else in_ascii(data)

    def write(self, data: str) -> None:
        """Write in letters that the person's locale has."""
        super().write(self.spelt(data))

    def run_input_thread(self) -> None:
        """As the base does, through our parser, and with bytes that are no UTF-8."""
        parser = SteadyParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(0.1):
                    data = self._read()
                    if not data:
                        self._tell_that_it_is_gone()
                        return
                    for event in parser.feed(decode(data)):
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)

    def _read(self) -> bytes:
        """What was typed; nothing where the terminal is gone: a raw one has no other end."""
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    def _tell_that_it_is_gone(self) -> None:
        if isinstance(self._app, DrivenApp):
            self._app.terminal_gone()


class LeanDriver(SteadyDriver):
    """The same with a painter between it and the terminal, which writes no more than it has to be told."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._painter = Painter(self._get_terminal_size(), erases_in_colour=erases_in_colour())

    def start_application_mode(self) -> None:
        """Take the terminal, and hear of it when its size changes: what it shows then, nobody knows."""
        self._painter.forget()
        super().start_application_mode()
        resized = signal.getsignal(signal.SIGWINCH)

        def on_resize(number: int, frame: Any) -> None:
            self._painter.resized(self._get_terminal_size())
            if callable(resized):
                resized(number, frame)

        signal.signal(signal.SIGWINCH, on_resize)

    def process_message(self, message: Message) -> None:
        """As the base does; some terminals tell of their new size in band."""
        if isinstance(message, events.Resize):
            self._painter.resized(message.size)
        super().process_message(message)

    def forget(self) -> None:
        """Something else wrote to the terminal: paint everything anew at the next frame."""
        self._painter.forget()

    def write(self, data: str) -> None:
        """Write what of ``data`` the terminal does not show yet."""
        written = self._painter.written(self.spelt(data))
        if written:
            super().write(written)


def erases_in_colour() -> bool:
    """Whether terminfo says that erasing takes the background's colour; False where it knows nothing."""
    try:
        import curses  # noqa: PLC0415 - not every Python has it

        curses.setupterm()
        return curses.tigetflag("bce") > 0
    except (
        Exception
    ):  # no curses, no terminfo, a terminal unknown to it: curses.error cannot be named without it
        return False


def driver_for(found: type[Driver]) -> type[Driver]:
    """Ours in place of Textual's for Unix; without the painter where DISKMODE_PAINTER asks for that."""
    if found is not LinuxDriver:
        return found
    return SteadyDriver if os.environ.get("DISKMODE_PAINTER") == "textual" else LeanDriver


# What undoes the modes a driver sets: paste, wrap, sizes in band, mouse, keyboard, screen, cursor, focus.
_PUT_BACK = (
    b"\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l"
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[0m"
)


def put_back(app: App[Any]) -> None:
    """Give the terminal back at once, past the thread that writes: nothing can be waited for."""
    driver = app._driver  # noqa: SLF001 - Textual has no other way to it
    if not isinstance(driver, LinuxDriver):
        return
    if driver.attrs_before is not None:
        posix.restore_terminal(driver.fileno, driver.attrs_before)
    posix.write_at_once(2, _PUT_BACK)


def repaint(app: App[Any]) -> None:
    """Write every cell of the screen: something else may have written to the terminal."""
    if isinstance(app._driver, LeanDriver):  # noqa: SLF001 - there is no other way to it
        app._driver.forget()  # noqa: SLF001
    app.refresh()


def can_suspend(app: App[Any]) -> bool:
    """Whether the app runs in a terminal that it can be stopped in."""
    return app._driver is not None and app._driver.can_suspend  # noqa: SLF001


def let_pages_wait_for_lines() -> None:
    """Have Page Down do nothing in a list that has not been laid out: Textual's raises KeyError."""
    from textual.widgets import OptionList  # noqa: PLC0415 - the palette and menus have it, not the first frame

    moved = OptionList._move_page  # noqa: SLF001

    def move_page(self: OptionList, direction: Any) -> None:
        if (self.highlighted or 0) in self._index_to_line:
            moved(self, direction)

    if moved.__name__ != move_page.__name__:
        OptionList._move_page = move_page  # type: ignore[method-assign]  # noqa: SLF001 - every list of ours


class ThinBar(ScrollBarRender):
    """A scroll bar of thin lines: seen without colours, and a step of it changes few cells.

    It draws whole cells only; Textual's own draws eighths of them, and moves at every step.
    """

    @classmethod
    def render_bar(  # noqa: PLR0913, PLR0917 - Textual's signature
        cls,
        size: int = 25,
        virtual_size: float = 50,
        window_size: float = 20,
        position: float = 0,
        thickness: int = 1,
        vertical: bool = True,
        back_color: Color = Color.default(),  # noqa: B008 - a value that never changes
        bar_color: Color = Color.default(),  # noqa: B008
    ) -> Segments:
        """The bar, from its start to its end; a click before or behind the thumb scrolls a page."""
        start, end = thumb(size, virtual_size, window_size, position)
        look = Style(color=bar_color, bgcolor=back_color)
        wide = thickness if vertical else 1
        cells = [
            Segment(glyph * wide, look + Style(meta={"@mouse.down": action}))
            for glyph, action, number in (
                (_TRACK, "scroll_up", start),
                (_THUMB, "grab", end - start),
                (_TRACK, "scroll_down", size - end),
            )
            for _ in range(number)
        ]
        if vertical:
            return Segments(cells, new_lines=True)
        return Segments([*cells, Segment.line()] * thickness)


def draw_thin_bars() -> None:
    """Have every scroll bar drawn so."""
    ScrollBar.renderer = ThinBar


def writes_utf8() -> bool:
    """Whether letters and signs beyond ASCII are written: where the person's locale has them."""
    return speaks_utf8(os.environ)


def keymap_of(app: App[Any]) -> Mapping[str, str]:
    """The keys that a person gave actions, by the actions' ids."""
    return app._keymap  # noqa: SLF001 - Textual takes one, and gives none


def bind(screen: Screen[Any], key: str, action: str, description: str) -> None:
    """Give one screen a key that its class does not have."""
    screen._bindings.bind(key, action, description)  # noqa: SLF001 - Textual binds keys of a class, or of an app


class DrivenApp(App[None]):
    """An application under our driver; a mistake of ours that ends it is its ``failure``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.failure: BaseException | None = None

    def get_driver_class(self) -> type[Driver]:
        """Textual's own, but on Unix one that writes less to the terminal."""
        return driver_for(super().get_driver_class())

    async def on_event(self, event: events.Event) -> None:
        """What was typed, or pasted, goes by :meth:`typed`; :meth:`answered` hears of it on its way back."""
        if not isinstance(event, (events.Key, events.Paste)):
            await super().on_event(event)
        elif event.is_forwarded:
            await super().on_event(event)
            await self.answered()
        else:
            await self.typed(event)

    def terminal_gone(self) -> None:
        """The terminal is gone, and nothing can be typed any more. Called from the thread that reads it."""

    async def typed(self, event: events.Key | events.Paste) -> None:
        """A key was typed, or something pasted."""
        await self.hand_on(event)

    async def answered(self) -> None:
        """What was handed on has been through the widgets, and none has kept it."""

    async def hand_on(self, event: events.Key | events.Paste) -> None:
        """Let Textual have what was typed."""
        await super().on_event(event)

    def pop_screen(self) -> AwaitComplete:
        """As the base does; :meth:`popped` hears of it."""
        popped = super().pop_screen()
        self.popped()
        return popped

    def popped(self) -> None:
        """A screen is gone; the one that was below is on top, whoever asked not yet told the answer."""

    def call_soon(self, call: Callable[[], None]) -> None:
        """Call something between two events, also for a signal's handler; nothing before the start."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(call)

    def failing(self) -> None:
        """A mistake of ours is about to end the app; its screens still stand."""

    def _fatal_error(self) -> None:
        """Leave; the command line tells of it. Textual's way is a traceback across the screen."""
        self.failure = self.failure or sys.exception()
        with suppress(Exception):  # the screens may be what broke
            self.failing()
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:  # noqa: ARG002 - Textual's signature
        """As for any mistake: no traceback across the screen."""
        self._fatal_error()
