"""The real program in a real terminal: what it writes to the file, to the screen, and to standard output."""

from __future__ import annotations

import shlex
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.app.helpers import KVM, WEB, copied
from tests.scenes import SAMPLES
from tests.terminal.terminal import (
    BACKTAB,
    CTRL_A,
    CTRL_S,
    DISKMODE,
    DOWN,
    ENTER,
    ESCAPE,
    TAB,
    Terminal,
    surroundings,
)
from tui.disks import Policy
from tui.editing import Aspect, Done, Editing
from tui.machine import machine_in

pytestmark = pytest.mark.terminal

FILES = sorted(
    path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*") if path.suffix in (".vmx", ".xml")
)
SEVERAL = {"several-domains.xml", "domainsnapshot.xml"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "settings" / "config.toml"


class Visit(NamedTuple):
    """What one walk through the program left behind."""

    file: str
    toggled: bool
    saved: bytes
    before: bytes
    after: bytes
    status: int


def _first_toggle(data: bytes) -> int | None:
    """How far down the first disk is whose snapshot box turns over."""
    editing = Editing(machine_in(data, domain="1" if data.lstrip()[:1] == b"<" else None))
    for disk in editing.disks:
        if isinstance(editing.toggle(Aspect.SNAPSHOT, disk.index), Done):
            return disk.index
    return None


def _visit(file: str, folder: Path, config: Path) -> Visit:
    """s, save, u, save: through the keys of a real terminal."""
    folder.mkdir()
    path = copied(file, folder)
    before = path.read_bytes()
    down = _first_toggle(before)
    with Terminal([*DISKMODE, path.name], env=surroundings(config), cwd=folder) as terminal:
        if file in SEVERAL and "Which domain?" not in terminal.text:
            terminal.wait("Which domain?")
            terminal.send(ENTER)
        terminal.wait("? help")
        saved = before
        if down is not None:
            for _ in range(down):
                terminal.send("j")
            terminal.send("s")
            terminal.wait("1 change ")
            terminal.send(CTRL_S)
            terminal.wait("owner, permissions")
            terminal.send(ENTER)
            terminal.wait("no changes", "Saved")
            saved = path.read_bytes()
            terminal.send("u")
            terminal.wait("1 change ")
            terminal.send(CTRL_S)
            terminal.wait("owner, permissions")
            terminal.send(ENTER)
            terminal.wait("no changes", "Saved")
        terminal.send("q")
        status = terminal.leave()
    return Visit(file, down is not None, saved, before, path.read_bytes(), status)


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Visit]:
    """A walk through the program with each sample."""
    folder = tmp_path_factory.mktemp("visits")

    def visit(numbered: tuple[int, str]) -> Visit:
        return _visit(numbered[1], folder / str(numbered[0]), folder / "config.toml")

    with ThreadPoolExecutor(4) as pool:
        return {one.file: one for one in pool.map(visit, enumerate(FILES))}


@pytest.mark.parametrize("file", FILES)
def test_toggling_saving_undoing_and_saving_gives_a_sample_its_bytes_back(
    file: str, visits: dict[str, Visit]
) -> None:
    visit = visits[file]
    assert visit.status == 0
    assert visit.after == visit.before
    assert visit.toggled is (file != "encrypted.vmx")
    assert (visit.saved != visit.before) is visit.toggled


def _lines(before: bytes, after: bytes) -> tuple[list[bytes], list[bytes]]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_s_on_a_crlf_windows_1252_file_adds_one_line_in_its_own_style(visits: dict[str, Visit]) -> None:
    visit = visits["crlf-windows1252.vmx"]
    gone, come = _lines(visit.before, visit.saved)
    assert gone == []
    assert len(come) == 1
    assert come[0].endswith(b'.mode = "independent-persistent"\r\n')


def test_s_on_the_xml_of_mixed_quotes_changes_one_attribute(visits: dict[str, Visit]) -> None:
    visit = visits["mixed-quotes.xml"]
    gone, come = _lines(visit.before, visit.saved)
    assert len(gone) == len(come) == 1
    assert b"snapshot=" in come[0]


def test_what_came_from_standard_input_goes_to_standard_output(tmp_path: Path, config: Path) -> None:
    copied(WEB, tmp_path)
    before = (tmp_path / WEB).read_bytes()
    command = f"{shlex.join(DISKMODE)} - < {WEB} > out.vmx"
    with Terminal(["sh", "-c", command], env=surroundings(config), cwd=tmp_path) as terminal:
        terminal.wait("standard input", "help")
        terminal.send("s")
        terminal.wait("1 change ")
        terminal.send("q")
        terminal.wait("accept and leave")
        terminal.send("s")
        assert terminal.leave() == 0
    after = (tmp_path / "out.vmx").read_bytes()
    assert _lines(before, after) == ([], [b'scsi0:0.mode = "independent-persistent"\n'])
    assert machine_in(after).disks[0].policy == Policy(snapshot=False, persistent=True)


def test_standard_input_left_without_a_change_comes_out_as_it_went_in(tmp_path: Path, config: Path) -> None:
    copied("gbk-guest.vmx", tmp_path)
    command = f"cat gbk-guest.vmx | {shlex.join(DISKMODE)} - > out.vmx"
    with Terminal(["sh", "-c", command], env=surroundings(config), cwd=tmp_path) as terminal:
        terminal.wait("standard input", "help")
        terminal.send("q")
        assert terminal.leave() == 0
    assert (tmp_path / "out.vmx").read_bytes() == (tmp_path / "gbk-guest.vmx").read_bytes()


def test_an_idle_program_writes_nothing(tmp_path: Path, config: Path) -> None:
    copied(WEB, tmp_path)
    with Terminal([*DISKMODE, WEB], env=surroundings(config), cwd=tmp_path) as terminal:
        terminal.wait("IN SNAPSHOTS", "help")
        terminal.settle(0.5)
        assert terminal.pump(2.0) == b""
        terminal.send("/")
        terminal.settle(0.5)
        assert terminal.pump(1.2) == b"", "the filter's cursor does not blink"
        terminal.send(ESCAPE)
        terminal.send("\x10")
        terminal.wait("Search for commands")
        terminal.settle(0.5)
        assert terminal.pump(1.2) == b"", "the palette's cursor does not blink"


def test_what_is_pasted_never_acts_on_the_terminal(tmp_path: Path, config: Path) -> None:
    copied(WEB, tmp_path)
    with Terminal([*DISKMODE, WEB], env=surroundings(config), cwd=tmp_path) as terminal:
        terminal.wait("IN SNAPSHOTS", "help")
        terminal.send("/")
        terminal.settle(0.3)
        terminal.send("\x1b[200~sc\x9b31msi0\x9d2;forged\x9c\x1b]2;forged\x07\x1b[201~")
        terminal.wait("sc\ufffd31msi0")
        assert not any(control in terminal.raw.decode() for control in "\x9b\x9c\x9d")
        assert b"\x1b]2;forged" not in terminal.raw


def test_ctrl_z_goes_back_to_the_shell_and_fg_comes_back(tmp_path: Path, config: Path) -> None:
    copied(WEB, tmp_path)
    shell = ["bash", "--norc", "--noprofile", "-i"]
    env = surroundings(config, PS1="shell> ")
    with Terminal(shell, env=env, cwd=tmp_path) as terminal:
        terminal.wait("shell>")
        terminal.send(f"{' '.join(DISKMODE)} {WEB}\r")
        terminal.wait("IN SNAPSHOTS", "help")
        terminal.settle(0.5)
        terminal.send("s")
        terminal.wait("1 change")
        terminal.send("\x1a")
        terminal.wait("Stopped")
        terminal.send("fg\r")
        terminal.wait("1 change", "Dependent", "help")
        terminal.send("s")
        terminal.wait("no changes")
        terminal.send("q")
        terminal.wait("shell>")
        terminal.send("exit\r")
        assert terminal.leave() == 0


def test_ctrl_z_does_nothing_where_no_shell_would_go_on(tmp_path: Path, config: Path) -> None:
    copied(WEB, tmp_path)
    with Terminal([*DISKMODE, WEB], env=surroundings(config), cwd=tmp_path) as terminal:
        terminal.wait("IN SNAPSHOTS", "help")
        terminal.settle(0.3)
        terminal.send("\x1a")
        terminal.send("s")
        terminal.wait("1 change")


def test_leaving_restores_the_terminal(tmp_path: Path, config: Path) -> None:
    copied(WEB, tmp_path)
    with Terminal([*DISKMODE, WEB], env=surroundings(config), cwd=tmp_path) as terminal:
        terminal.wait("IN SNAPSHOTS", "help")
        assert terminal.attributes() != terminal.attributes_before
        for switched_on in (b"\x1b[?1049h", b"\x1b[?1000h", b"\x1b[?25l"):
            assert switched_on in terminal.raw
        terminal.send("q")
        assert terminal.leave() == 0
        assert terminal.attributes() == terminal.attributes_before
        for switched_back in (b"\x1b[?1049l", b"\x1b[?1000l", b"\x1b[?25h"):
            assert terminal.raw.rindex(switched_back) > terminal.raw.rindex(b"Dependent")


def test_no_mouse_leaves_the_mouse_to_the_terminal(tmp_path: Path, config: Path) -> None:
    copied(WEB, tmp_path)
    with Terminal([*DISKMODE, "--no-mouse", WEB], env=surroundings(config), cwd=tmp_path) as terminal:
        terminal.wait("IN SNAPSHOTS", "help")
        assert b"\x1b[?1000h" not in terminal.raw


_OWN = (b"39", b"49")  # the terminal's own two


def _colours(raw: bytes) -> list[bytes]:
    """The codes that set a colour, of every SGR sequence written."""
    found = []
    for part in raw.split(b"\x1b[")[1:]:
        codes, end, _ = part.partition(b"m")
        if end and all(letter in b"0123456789;" for letter in codes):
            found += [
                code
                for code in codes.split(b";")
                if code.isdigit() and 30 <= int(code) <= 107 and code not in _OWN
            ]
    return found


def test_with_no_color_not_one_colour_is_written_and_the_state_can_be_read(
    tmp_path: Path, config: Path
) -> None:
    copied(WEB, tmp_path)
    env = surroundings(config, NO_COLOR="1")
    with Terminal([*DISKMODE, WEB], env=env, cwd=tmp_path) as terminal:
        terminal.wait("IN SNAPSHOTS", "help")
        terminal.send("s")
        terminal.wait("1 change ", "[ ]", "*scsi0:0")
        terminal.send("p", ENTER, "m")
        terminal.wait("independent-nonpersistent")
        terminal.send(ESCAPE)
        terminal.settle()
        assert _colours(bytes(terminal.raw)) == []


# Through every screen and dialog there is, of an editor and of a fleet. A key whose answer is read or saved
# first stands with what the screen says then: the next key is for that.
_Step = str | tuple[str, str]
_EVERYWHERE: tuple[_Step, ...] = (
    *(
        "m",
        ESCAPE,
        "h",
        ESCAPE,
        "x",
        ESCAPE,
        "l",
        ESCAPE,
        "f",
        ESCAPE,
        "F",
        ESCAPE,
        "?",
        "snap",
        ESCAPE,
        ESCAPE,
    ),
    *(
        "n",
        TAB,
        "o",
        "M",
        ESCAPE,
        ESCAPE,
        "v",
        "v",
        TAB,
        "/",
        "disk",
        ENTER,
        ESCAPE,
        BACKTAB,
        "s",
        "p",
        ENTER,
    ),
    *(
        (CTRL_S, "no other byte changes"),
        (ENTER, "Saved "),
        ("H", "what it changed"),
        ("u", "put back 1 file"),
    ),
    *(ESCAPE, (ESCAPE, "IN SNAPSHOTS"), "e", ESCAPE, "\x10", "theme", ESCAPE),
)
_ALL_THE_FLEET: tuple[_Step, ...] = (
    *(
        DOWN,
        "f",
        ESCAPE,
        "g",
        "g",
        "g",
        "/",
        "mode:",
        ESCAPE,
        "1",
        CTRL_A,
        "m",
        ESCAPE,
        "s",
        ESCAPE,
        "?",
        ESCAPE,
    ),
    *(("H", "Changes - "), (ESCAPE, "IN SNAPSHOTS"), (ENTER, "- v whole"), ("q", "1-9 pick")),
    *("\x10", "sort", ESCAPE),
)


@pytest.mark.parametrize(
    ("opened", "keys"), [(KVM, _EVERYWHERE), (".", _ALL_THE_FLEET)], ids=["editor", "fleet"]
)
def test_without_colours_nor_utf8_not_a_colour_and_no_letter_but_ascii_is_written_anywhere(
    opened: str, keys: tuple[_Step, ...], tmp_path: Path, config: Path
) -> None:
    for name in (KVM, WEB):
        copied(name, tmp_path)
    env = surroundings(config, NO_COLOR="1", LANG="C", LC_ALL="C")
    with Terminal([*DISKMODE, opened], env=env, cwd=tmp_path) as terminal:
        terminal.wait("IN SNAPSHOTS", "? help")
        terminal.settle()
        for step in keys:
            key, shown = (step, "") if isinstance(step, str) else step
            terminal.send(key)
            terminal.wait(shown)
            terminal.settle(
                0.15
            )  # an escape is one, and not the beginning of a key, after a tenth of a second
        terminal.wait("IN SNAPSHOTS", "? help", "q quit")
        assert _colours(bytes(terminal.raw)) == []
        assert terminal.raw.isascii()


def test_a_linux_console_gets_its_sixteen_colours_and_no_others(tmp_path: Path, config: Path) -> None:
    copied(WEB, tmp_path)
    env = surroundings(config, TERM="linux", COLORTERM=None)
    with Terminal([*DISKMODE, WEB], env=env, cwd=tmp_path) as terminal:
        terminal.wait("IN SNAPSHOTS", "help")
        terminal.send("s")
        terminal.wait("1 change ")
        assert b"\x1b[" in terminal.raw
        assert not {b"38", b"48"} & set(_colours(bytes(terminal.raw)))
        assert _colours(bytes(terminal.raw))


def test_a_terminal_that_cannot_draw_is_refused_with_what_to_do_instead(tmp_path: Path, config: Path) -> None:
    copied(WEB, tmp_path)
    with Terminal([*DISKMODE, WEB], env=surroundings(config, TERM="dumb"), cwd=tmp_path) as terminal:
        assert terminal.leave() == 2
        assert "diskmode show" in terminal.text
        assert b"\x1b[?1049h" not in terminal.raw


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGHUP])
def test_a_killed_program_leaves_the_file_as_it_was(
    name: signal.Signals, tmp_path: Path, config: Path
) -> None:
    path = copied(WEB, tmp_path)
    before = path.read_bytes()
    with Terminal([*DISKMODE, WEB], env=surroundings(config), cwd=tmp_path) as terminal:
        terminal.wait("IN SNAPSHOTS", "help")
        terminal.send("s")
        terminal.wait("1 change ")
        terminal.process.send_signal(name)
        assert terminal.leave() != 0
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == [WEB]


_BROKEN = """
import sys
from tui.app.editor.editor_screen import EditorScreen
def broken(self, aspect):
    raise RuntimeError("on purpose")
EditorScreen.action_turn = broken
from tui.cli import main
main()
"""


@pytest.mark.parametrize("debug", [None, "1"])
def test_a_mistake_of_ours_gives_the_terminal_back_and_no_traceback(
    debug: str | None, tmp_path: Path, config: Path
) -> None:
    path = copied(WEB, tmp_path)
    before = path.read_bytes()
    env = surroundings(config, DISKMODE_DEBUG=debug)
    with Terminal([sys.executable, "-c", _BROKEN, WEB], env=env, cwd=tmp_path) as terminal:
        terminal.wait("IN SNAPSHOTS", "help")
        terminal.send("s")
        assert terminal.leave() == (2 if debug is None else 1)
        assert terminal.attributes() == terminal.attributes_before
        told = bytes(terminal.raw).rpartition(b"\x1b[?1049l")[2].decode()
    assert ("something went wrong that never should (RuntimeError: on purpose)" in told) is (debug is None)
    assert ("Traceback" in told) is (debug is not None)
    assert path.read_bytes() == before


# In place of ENDED stands what ends the program.
_BROKEN_AT_P = """
from tui.app.editor.editor_screen import EditorScreen
turn = EditorScreen.action_turn
def broken(self, aspect):
    if aspect == "persistent":
        ENDED
    turn(self, aspect)
EditorScreen.action_turn = broken
from tui.cli import main
main()
"""


@pytest.mark.parametrize("ended", ["raise RuntimeError('on purpose')", "self.app._close_messages_no_wait()"])
@pytest.mark.parametrize("accepts", [False, True], ids=["as it came", "as accepted"])
def test_in_a_pipe_no_text_gets_lost_by_a_mistake_of_ours_and_the_status_tells_of_it(
    accepts: bool, ended: str, tmp_path: Path, config: Path
) -> None:
    before = copied(WEB, tmp_path).read_bytes()
    broken = f"{shlex.quote(sys.executable)} -c {shlex.quote(_BROKEN_AT_P.replace('ENDED', ended))}"
    command = f"{broken} - < {WEB} > out.vmx"
    with Terminal(["sh", "-c", command], env=surroundings(config), cwd=tmp_path) as terminal:
        terminal.wait("IN SNAPSHOTS", "help")
        if accepts:
            terminal.send("s")
            terminal.wait("1 change ")
            terminal.send(CTRL_S)
            terminal.wait("goes to standard output")
            terminal.send(ENTER)
            terminal.wait("no changes")
        terminal.send("p")
        assert terminal.leave() == 2
    after = (tmp_path / "out.vmx").read_bytes()
    assert (b"independent-persistent" in after.partition(b"scsi0:1.")[0]) is accepts
    assert accepts or after == before
