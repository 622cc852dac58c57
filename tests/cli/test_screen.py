"""Opening the editor: with what, and where the keys come from. The editor itself has its own tests."""

from __future__ import annotations

import fcntl
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.cli.helpers import ROOT, SAMPLES, run, vmx
from tui.app.app import DiskmodeApp
from tui.cli.messages import Status
from tui.disks import Spelling
from tui.formats.document import Document
from tui.formats.opening import open_document
from tui.rules import Hypervisor
from tui.session import Choices, Session, SeveralDomains


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What the editor would be called with, in the place of the editor."""
    seen: list[dict[str, Any]] = []

    def run_editor(opened: Session | SeveralDomains, choices: Choices) -> int:
        seen.append({"opened": opened, "reading": opened.reading, "choices": choices})
        return 0

    module = ModuleType("tui.app.launch")
    module.__dict__["run_editor"] = run_editor
    monkeypatch.setitem(sys.modules, "tui.app.launch", module)
    monkeypatch.setattr("tui.cli.screen._take_terminal", lambda: None)
    yield seen


def test_the_editor_gets_what_was_read_and_the_options(calls: list[dict[str, Any]], tmp_path: Path) -> None:
    path = vmx(tmp_path)
    assert run(path).status == 0
    reading = calls[0]["reading"]
    assert (str(reading.path), reading.data) == (str(path), path.read_bytes())
    assert calls[0]["choices"] == Choices()
    words = ("--hypervisor", "ESXi", "--spelling", "elements", "--domain", "1", "--no-mouse")
    assert run(SAMPLES / "several-domains.xml", *words).status == 0
    assert str(calls[1]["reading"].path) == str(SAMPLES / "several-domains.xml")
    assert calls[1]["choices"] == Choices("1", Hypervisor.ESXI, Spelling.ELEMENTS, mouse=False)
    machine = calls[1]["opened"].editing.machine
    assert (machine.chosen, machine.spelling) == (Hypervisor.ESXI, Spelling.ELEMENTS)


def test_standard_input_is_read_first(calls: list[dict[str, Any]]) -> None:
    data = (SAMPLES / "latin1.xml").read_bytes()
    assert run("-", data=data).status == 0
    assert calls[0]["reading"].path is None
    assert calls[0]["reading"].data == data


def test_of_several_domains_the_screen_asks(calls: list[dict[str, Any]]) -> None:
    assert run(SAMPLES / "several-domains.xml").status == 0
    assert run(SAMPLES / "several-domains.xml", "--domain", "nobody").status == Status.BAD_INPUT
    assert len(calls) == 1
    assert isinstance(calls[0]["opened"], SeveralDomains)


def test_the_file_is_parsed_once_on_the_way_to_the_screen(
    calls: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    parsed: list[bytes] = []
    original = open_document

    def counting(data: bytes) -> Document:
        parsed.append(data)
        return original(data)

    monkeypatch.setattr("tui.beside.documents.open_document", counting)
    assert run(vmx(tmp_path)).status == 0
    app = DiskmodeApp(calls[0]["opened"], choices=calls[0]["choices"])
    assert app.accepted == parsed[0]
    assert len(parsed) == 1


def test_a_read_only_or_encrypted_file_opens(calls: list[dict[str, Any]]) -> None:
    assert run(SAMPLES / "encrypted.vmx").status == 0
    assert len(calls) == 1


_STUBBED = """
import os, shutil, sys, types
opening = types.ModuleType("tui.app.launch")
def run_editor(opened, choices):
    reading = opened.reading
    assert tuple(shutil.get_terminal_size()) == (132, 50)
    print(len(reading.data), os.isatty(0), os.read(0, 100).decode().strip())
    return 0
opening.run_editor = run_editor
sys.modules["tui.app.launch"] = opening
from tui.cli import main
main(sys.argv[1:])
"""


def _in_a_terminal(
    *words: str | Path, data: bytes | None, keys: bytes = b"", term: str = "xterm"
) -> tuple[int, bytes, bytes]:
    """Status, standard output and screen of a run in a terminal of its own; its input is ``data``, or it."""
    screen, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (50, 132))

    def own_the_terminal() -> None:
        os.setsid()
        fcntl.ioctl(2, termios.TIOCSCTTY, 0)

    with closing(os.fdopen(screen, "r+b", buffering=0)) as keyboard:
        running = subprocess.Popen(
            [sys.executable, "-c", _STUBBED, *words],
            stdin=terminal if data is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=terminal,
            cwd=ROOT,
            env={**{k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}, "TERM": term},
            preexec_fn=own_the_terminal,  # noqa: PLW1509 - nothing else runs in this process
        )
        keyboard.write(keys)
        out, _ = running.communicate(data, timeout=20)
        os.close(terminal)
        try:
            shown = keyboard.read(4096)
        except OSError:  # Linux says EIO where nothing was shown
            shown = b""
    return running.returncode, out, shown or b""


@pytest.mark.terminal
def test_keys_come_from_the_terminal_when_the_file_came_from_a_pipe(tmp_path: Path) -> None:
    data = vmx(tmp_path).read_bytes()
    status, out, _ = _in_a_terminal("-", data=data, keys=b"q\n")
    assert (status, out) == (0, f"{len(data)} True q\n".encode())
    status, out, _ = _in_a_terminal(vmx(tmp_path), data=b"not this", keys=b"q\n")
    assert (status, out) == (0, f"{len(data)} True q\n".encode())
    status, out, _ = _in_a_terminal(vmx(tmp_path), data=None, keys=b"q\n")
    assert (status, out) == (0, f"{len(data)} True q\n".encode())


@pytest.mark.terminal
def test_a_dumb_terminal_is_refused_with_a_hint(tmp_path: Path) -> None:
    status, out, shown = _in_a_terminal(vmx(tmp_path), data=None, term="dumb")
    assert (status, out) == (Status.BAD_INPUT, b"")
    assert b"TERM=dumb" in shown
    assert b"diskmode show" in shown


@pytest.mark.terminal
def test_a_diff_on_a_terminal_cannot_command_it(tmp_path: Path) -> None:
    path = vmx(tmp_path, 'annotation = "\x1b[2J"')
    screen, terminal = pty.openpty()
    words = ["set", str(path), "sdb", "--no-snapshot", "--dry-run"]
    subprocess.run([sys.executable, "-m", "tui", *words], stdout=terminal, cwd=ROOT, check=True)
    shown = os.read(screen, 4096)
    os.close(screen)
    os.close(terminal)
    assert b"\\e[2J" in shown
    assert b"\x1b" not in shown
