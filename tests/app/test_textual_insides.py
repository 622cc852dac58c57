"""What we take of Textual's insides: each test says what changed when Textual does, and where to look."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual._parser import Parser, Read1
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.widgets import _option_list as option_list

from tui.app.app import DiskmodeApp
from tui.app.textual_insides import (
    MOST_COLUMNS,
    MOST_ROWS,
    LeanDriver,
    SteadyDriver,
    SteadyParser,
    bounded,
    driver_for,
)


class _OtherDriver(LinuxDriver):
    """Such as one for a browser or for tests."""


# What Textual has


@pytest.mark.parametrize(
    "name",
    ["_get_terminal_size", "run_input_thread", "process_message", "write", "start_application_mode"],
)
def test_the_driver_still_has_what_ours_overrides(name: str) -> None:
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
    assert "_close_messages_no_wait" in dir(App), "look at leave_at_once"
    assert "_fatal_error" in dir(App), "look at DiskmodeApp._fatal_error, which overrides it"
    assert "self._driver" in inspect.getsource(App), "look at repaint and can_suspend"
    assert "can_suspend" in dir(Driver)
    assert "get_driver_class" in vars(DiskmodeApp)


def test_a_page_in_a_list_of_options_still_asks_for_its_lines() -> None:
    for used in ("_index_to_line", "_move_page"):
        assert used in inspect.getsource(option_list), f"{used} is gone: look at let_pages_wait_for_lines"


# Which driver runs


def test_unix_gets_the_lean_driver_unless_textuals_painter_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DISKMODE_PAINTER", raising=False)
    assert driver_for(LinuxDriver) is LeanDriver
    monkeypatch.setenv("DISKMODE_PAINTER", "textual")
    assert driver_for(LinuxDriver) is SteadyDriver
    assert SteadyDriver.write is LinuxDriver.write
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
    parser._held_since -= 10
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
    parser._held_since -= 10
    list(parser.tick())
    assert [event.key for event in parser.feed("s") if isinstance(event, events.Key)] == ["s"]
