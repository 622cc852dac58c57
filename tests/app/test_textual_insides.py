"""What we take of Textual's insides: each test says what changed when Textual does, and where to look."""

from __future__ import annotations

import importlib
import inspect
import locale
import pkgutil
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual._parser import Parser, Read1
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.binding import BindingsMap
from textual.driver import Driver
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.screen import Screen
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.widget import Widget
from textual.widgets import _option_list as option_list

import tui.app
from tui.app import textual_insides
from tui.app.app import DiskmodeApp
from tui.app.textual_insides import (
    MOST_COLUMNS,
    MOST_ROWS,
    DrivenApp,
    LeanDriver,
    SteadyDriver,
    SteadyParser,
    ThinBar,
    bounded,
    draw_thin_bars,
    driver_for,
)


class _OtherDriver(LinuxDriver):
    """Such as one for a browser or for tests."""


# What Textual has


def _private_names(*kinds: type) -> set[str]:
    """What methods are called and what they read and call, as far as it is private."""
    methods = [one for kind in kinds for one in vars(kind).values() if inspect.isfunction(one)]
    names = {name for one in methods for name in (one.__name__, *one.__code__.co_names)}
    return {name for name in names if name.startswith("_") and not name.startswith("__")}


def test_no_other_module_overrides_or_reads_a_private_name_of_textual() -> None:
    found, looked_at = [], 0
    for module in pkgutil.walk_packages(tui.app.__path__, "tui.app."):
        for kind in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(kind) and kind.__module__ == module.name != textual_insides.__name__:
                bases = [base for base in kind.__mro__ if base.__module__.startswith("textual")]
                shared = _private_names(kind) & _private_names(*bases)
                found += [f"{module.name}.{kind.__name__}: {name}" for name in shared]
                looked_at += bool(bases)
    assert looked_at > 20
    assert not found, "move it to textual_insides, or give it another name"


@pytest.mark.parametrize(
    "name",
    [
        "_get_terminal_size",
        "_sigcont_application",
        "run_input_thread",
        "process_message",
        "write",
        "start_application_mode",
    ],
)
def test_the_driver_still_has_what_ours_overrides_or_calls(name: str) -> None:
    assert name in vars(LinuxDriver), f"LinuxDriver.{name} moved: look at SteadyDriver and LeanDriver"


def test_the_driver_still_reads_the_terminal_as_ours_does() -> None:
    source = inspect.getsource(linux_driver)
    for used in ("XTermParser(self._debug)", "self.exit_event.is_set()", "self.fileno", "self._file"):
        assert used in source, f"{used} is gone: look at SteadyDriver.run_input_thread"


def test_the_driver_still_writes_all_of_itself_by_write() -> None:
    source = inspect.getsource(LinuxDriver)
    assert source.count("_writer_thread.write(") == 1, "Textual writes past write(): LeanDriver misses it"


def test_the_parser_still_is_a_generator_that_waits_with_a_timeout_in_a_sequence() -> None:
    parser = XTermParser()
    assert isinstance(parser, Parser)
    assert list(parser.feed("\x1b[1;")) == []
    assert isinstance(parser._awaiting, Read1), "look at SteadyParser._parsed"
    assert parser._awaiting.timeout, "no wait for a sequence's end: look at SteadyParser._parsed"
    assert not parser._tokens
    assert hasattr(parser, "_gen")
    assert hasattr(parser, "_timeout_time")


def test_the_app_still_has_what_ours_calls() -> None:
    assert "_close_messages_no_wait" in dir(App), "look at DrivenApp._fatal_error"
    assert "_fatal_error" in dir(App), "look at DrivenApp._fatal_error, which overrides it"
    assert "panic" in vars(App), "look at DrivenApp.panic, which overrides it"
    assert "self._loop" in inspect.getsource(App), "look at DrivenApp.call_soon"
    assert isinstance(Screen()._bindings, BindingsMap), "look at bind"
    assert "self._fatal_error()" in inspect.getsource(App), "look at DrivenApp._fatal_error"
    assert "self.get_driver_class()" in inspect.getsource(App), "look at DrivenApp.get_driver_class"
    assert "self._driver" in inspect.getsource(App), "look at repaint and can_suspend"
    assert "can_suspend" in dir(Driver)
    assert issubclass(DiskmodeApp, DrivenApp)


def test_a_key_still_comes_as_an_event_and_pop_screen_still_takes_its_screen_away() -> None:
    assert "on_event" in vars(App), "look at DrivenApp.on_event"
    assert "pop_screen" in vars(App), "look at DrivenApp.pop_screen"
    assert "is_forwarded" in dir(events.Event), "look at DrivenApp.on_event"
    assert "check_consume_key" in dir(Widget), "look at KeysInTurn._send"


async def test_what_is_typed_and_a_screen_taken_away_are_told_before_textual_has_them() -> None:
    told: list[str] = []

    class Told(DrivenApp):
        async def typed(self, event: events.Key | events.Paste) -> None:
            told.append("typed" if len(self.screen_stack) == 1 else "above")
            await self.hand_on(event)

        async def answered(self) -> None:
            told.append("answered")

        def popped(self) -> None:
            told.append(f"{len(self.screen_stack)} left")

        def key_x(self) -> None:
            told.append("x")

    app = Told()
    async with app.run_test() as pilot:
        await pilot.press("x")
        await app.push_screen(Screen())
        await app.pop_screen()
    assert told == ["typed", "x", "answered", "1 left"]


def test_a_scroll_bar_is_still_drawn_by_its_renderer() -> None:
    wanted = inspect.signature(ScrollBarRender.render_bar).parameters
    ours = inspect.signature(ThinBar.render_bar).parameters
    assert list(wanted) == list(ours), "render_bar has another signature: look at ThinBar"
    assert "self.renderer(" in inspect.getsource(ScrollBar), "look at draw_thin_bars"


def test_a_scroll_bar_is_thin_lines_that_scroll_where_they_are_pressed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ScrollBar, "renderer", ScrollBarRender)
    draw_thin_bars()
    assert ScrollBar.renderer is ThinBar
    cells = list(ThinBar.render_bar(6, 60, 20, 20).segments)
    assert "".join(one.text for one in cells) == "│┃┃│││"
    actions = [one.style.meta["@mouse.down"] for one in cells if one.style]
    assert actions == ["scroll_up", "grab", "grab", "scroll_down", "scroll_down", "scroll_down"]


async def test_what_a_signal_asks_for_is_done_between_two_events() -> None:
    done: list[bool] = []
    app = DrivenApp()
    app.call_soon(lambda: done.append(False))  # it does not run yet
    async with app.run_test() as pilot:
        app.call_soon(lambda: done.append(True))
        await pilot.pause()
    assert done == [True]


async def test_a_mistake_of_ours_ends_the_app_without_a_traceback_and_is_kept() -> None:
    class Failing(DrivenApp):
        def on_key(self) -> None:
            raise RuntimeError("a mistake")

    app = Failing()
    with pytest.raises(RuntimeError, match="a mistake"):  # Pilot tells of it; the terminal does not
        async with app.run_test() as pilot:
            await pilot.press("x")
    assert isinstance(app.failure, RuntimeError)
    assert not app._exit_renderables


def test_without_termios_the_module_still_loads() -> None:
    script = (
        "import sys; sys.modules['termios'] = None\n"
        "from tui.app.textual_insides import driver_for\n"
        "from textual.drivers.headless_driver import HeadlessDriver as other\n"
        "assert driver_for(other) is other"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_page_in_a_list_of_options_still_asks_for_its_lines() -> None:
    for used in ("_index_to_line", "_move_page"):
        assert used in inspect.getsource(option_list), f"{used} is gone: look at let_pages_wait_for_lines"


# Which driver runs


@pytest.mark.parametrize(("said", "written"), [("C", "- X"), ("C.UTF-8", "─ ✗")])
def test_what_is_written_is_in_letters_of_the_locale(
    said: str, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LC_CTYPE", "C.UTF-8")
    monkeypatch.setenv("LANG", said)
    monkeypatch.setattr(locale, "getencoding", lambda: "UTF-8")
    given: list[str] = []
    monkeypatch.setattr(LinuxDriver, "write", lambda _, data: given.append(data))
    SteadyDriver.__new__(SteadyDriver).write("─ ✗")
    assert given == [written]


def test_unix_gets_the_lean_driver_unless_textuals_painter_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DISKMODE_PAINTER", raising=False)
    assert driver_for(LinuxDriver) is LeanDriver
    monkeypatch.setenv("DISKMODE_PAINTER", "textual")
    assert driver_for(LinuxDriver) is SteadyDriver
    assert driver_for(_OtherDriver) is _OtherDriver


# What is typed


def typed(*parts: str) -> list[Message]:
    parser = SteadyParser()
    return [event for part in parts for event in parser.feed(part)]


def keys(*parts: str) -> list[str]:
    return [event.key for event in typed(*parts) if isinstance(event, events.Key)]


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        ("s", ["s"]),
        ("\x1b[B", ["down"]),
        ("\x1bOA", ["up"]),
        ("\x1b[Z", ["shift+tab"]),
        ("\x1b[6~", ["pagedown"]),
        ("\x1b[1;5C", ["ctrl+right"]),
        ("\x1b[[A", ["f1"]),
        ("\x1b[97;5u", ["ctrl+a"]),
        ("\x10\x1b[6~", ["ctrl+p", "pagedown"]),
        ("\x1b\x1b[A", ["escape", "up"]),
        ("\x1bx", ["alt+x"]),
        ("ü漢", ["ü", "漢"]),
    ],
)
def test_what_textual_understands_is_handed_on(data: str, wanted: list[str]) -> None:
    assert keys(data) == wanted
    assert keys(*data) == wanted


@pytest.mark.parametrize(
    "data",
    [
        "\ufffd",
        "\x1b[1114112u",
        "\x1b[57344;999:9:9u",
        "\x1b[55296u",
        "\x1b[97;5;1114112u",
        "\x1b[" + "9" * 5000 + "u",
        "\x1b[?62;22c",
        "\x1b[>0;276;0c",
        "\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
        "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
        "\x1bP>|xterm(370)\x1b\\",
        "\x1b_Gi=31;OK\x1b\\",
        "\x1b[M\ufffd\ufffd\ufffd",
        "\x1b[<0;99999999;1M",
    ],
)
def test_what_cannot_be_understood_is_dropped_and_the_next_key_is_not(data: str) -> None:
    for parts in ((data,), tuple(data)):
        found = [one for one in keys(*parts, "s") if one not in ("9", "u")]
        assert found[-1:] == ["s"]
        assert not {"q", "1", "e", "r", "g", "b", "j", "K"} & set(found)


@pytest.mark.parametrize("answer", ["\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\", "\x1b]11;rgb:00/00/00\x07"])
def test_an_answer_of_the_terminal_is_no_key(answer: str) -> None:
    assert keys("j", *answer, "s") == ["j", "s"]


def test_escape_alone_is_a_key_after_a_while() -> None:
    parser = SteadyParser()
    assert list(parser.feed("\x1b")) == []
    parser.sequences._held_since -= 10
    assert [str(getattr(event, "key", "")) for event in parser.tick()] == ["escape"]


def test_what_is_pasted_is_one_text_whatever_it_holds() -> None:
    (paste,) = typed("\x1b[200~a\x1b[Bü\x1b]11;\r\n\0\x1b[201~")
    assert isinstance(paste, events.Paste)
    assert paste.text == "a\x1b[Bü\x1b]11;\r\n"


def test_a_reported_size_is_bounded() -> None:
    assert bounded((0, 0)) == (1, 1)
    (resize,) = typed("\x1b[48;65535;65535;9;9t")
    assert isinstance(resize, events.Resize)
    assert tuple(resize.size) == (MOST_COLUMNS, MOST_ROWS)


_pieces = st.sampled_from(
    [
        b"\x1b",
        b"[",
        b"]",
        b"P",
        b"O",
        b"M",
        b"\x07",
        b"\x1b\\",
        b";",
        b":",
        b"u",
        b"t",
        b"<",
        b"?",
        b"48;",
        b"\xfc",
    ]
)


@given(st.lists(_pieces | st.binary(max_size=6) | st.integers(0, 2_000_000).map(lambda n: b"%d" % n)))
@settings(max_examples=300, deadline=None)
def test_no_bytes_whatever_end_the_parser(parts: list[bytes]) -> None:
    parser = SteadyParser()
    for part in parts:
        for event in parser.feed(part.decode("utf-8", "replace")):
            assert isinstance(event, Message)
        list(parser.tick())
    list(parser.feed("\x1b[201~\x07"))
    parser.sequences._held_since -= 10
    list(parser.tick())
    assert [event.key for event in parser.feed("s") if isinstance(event, events.Key)] == ["s"]
