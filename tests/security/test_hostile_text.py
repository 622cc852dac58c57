"""Text from a file, wherever it stands in it, acts on no terminal: neither in a result nor in a message."""

from __future__ import annotations

import csv
import io
import json
import shlex
from pathlib import Path

import pyte
import pytest

from tests.cli.helpers import Outcome, run
from tests.scenes import SMALL
from tests.security.hostile import ACTING, TEXTS, VISIBLE, name_of, vmx_of, xml_of
from tests.terminal.terminal import CTRL_S, DISKMODE, ESCAPE, Terminal, surroundings
from tui.reports import FORMATS
from tui.visible import visible

DOCUMENTS = {"vmx": vmx_of, "xml": xml_of}


def _files(folder: Path, text: str) -> list[Path]:
    """The hostile text in a VMX and in a domain XML, each also under a hostile name."""
    made = []
    for suffix, of in DOCUMENTS.items():
        made += [folder / f"plain.{suffix}", folder / f"{name_of(text)}.{suffix}"]
        for path in made[-2:]:
            path.write_bytes(of(text))
    return made


def _assert_harmless(outcome: Outcome, words: object) -> None:
    for said in (outcome.text, outcome.err):
        found = ACTING.search(said)
        assert found is None, (words, said[max(found.start() - 60, 0) : found.end() + 20])


def _commands(path: Path, text: str) -> list[tuple[str | Path, ...]]:
    out = ("-o", path.with_name("out"), "--force")
    other, same = ("vmx", "xml") if path.suffix == ".xml" else ("xml", "vmx")
    of_the_file: list[tuple[str | Path, ...]] = [
        ("show", path),
        ("set", path, "all", "--no-snapshot", *out),
        ("convert", path, "--to", other, *out),
        ("convert", path, "--to", same),
    ]
    if not path.name.startswith("plain"):
        return of_the_file
    return [
        *of_the_file,
        ("show", path, "--json"),
        ("show", path, "--hypervisor", "esxi"),
        ("show", path, "--domain", text),
        ("set", path, text, "--no-snapshot", *out),
        ("set", path, "sda", "--mode", text, *out),
        ("set", path, "sdc", "--preset", "no", *out),
        ("convert", path, "--to", other, "--report", "json", *out),
        ("plan", path),
        ("plan", path, "--json"),
        ("rules", text),
        (text, path),
    ]


@pytest.mark.parametrize("kind", TEXTS)
def test_what_is_shown_and_said_of_hostile_text_acts_on_no_terminal(kind: str, tmp_path: Path) -> None:
    for path in _files(tmp_path, TEXTS[kind]):
        before = path.read_bytes()
        for words in _commands(path, TEXTS[kind]):
            _assert_harmless(run(*words), words[:1])
        assert path.read_bytes() == before
    assert json.loads(run("show", tmp_path / "plain.vmx", "--json").text)["disks"]


@pytest.mark.parametrize("kind", TEXTS)
def test_an_audit_of_hostile_text_acts_on_no_terminal_and_is_no_formula(kind: str, tmp_path: Path) -> None:
    _files(tmp_path, TEXTS[kind])
    for name in FORMATS:
        outcome = run("audit", tmp_path, "--format", name, "--fail-on", "never")
        assert outcome.out, outcome.err
        _assert_harmless(outcome, name)
        if name == "csv":
            cells = [cell for row in csv.reader(io.StringIO(outcome.text)) for cell in row]
            assert not [cell for cell in cells if cell[:1] in tuple("=+@\t\r") or cell[:2] == "-="]
        if name in ("json", "sarif"):
            assert json.loads(outcome.text)


@pytest.mark.parametrize("kind", VISIBLE)
def test_text_that_does_not_act_is_shown_as_it_is(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "web.vmx"
    path.write_bytes(vmx_of(TEXTS[kind]))
    shown = run("show", path).text.replace("\n", " ")
    assert all(word in shown for word in visible(TEXTS[kind]).split())


def _bytes_left(raw: bytes) -> str:
    """What a program wrote to a terminal, without colours and line ends of its own."""
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n")
    for own in ("\x1b[31m", "\x1b[33m", "\x1b[36m", "\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[22m"):
        text = text.replace(own, "")
    return text


@pytest.mark.terminal
@pytest.mark.parametrize("suffix", DOCUMENTS)
def test_whole_documents_printed_to_a_terminal_do_not_act_on_it(suffix: str, tmp_path: Path) -> None:
    hostile = "".join(
        text for kind, text in TEXTS.items() if kind not in ("long", "long and wide", "colours")
    )
    (tmp_path / f"web.{suffix}").write_bytes(DOCUMENTS[suffix](hostile))
    other = "xml" if suffix == "vmx" else "vmx"
    lines = [
        (*DISKMODE, "convert", f"web.{suffix}", "--to", other),
        (*DISKMODE, "convert", f"web.{suffix}", "--to", other, "--report", "text"),
        (*DISKMODE, "set", f"web.{suffix}", "all", "--snapshot", "--dry-run"),
        (*DISKMODE, "show", f"web.{suffix}"),
        (*DISKMODE, "plan", f"web.{suffix}"),
    ]
    script = "; ".join(map(shlex.join, lines)) + "; echo END"
    with Terminal(["sh", "-c", script], env=surroundings(tmp_path / "none"), cwd=tmp_path) as terminal:
        terminal.wait("END")
        terminal.leave()
        written = _bytes_left(bytes(terminal.raw)).replace("\t", " ")
    assert "displayName" in written or "<name>" in written
    found = ACTING.search(written)
    assert found is None, written[max(found.start() - 80, 0) : found.end() + 40]


@pytest.mark.terminal
@pytest.mark.parametrize("suffix", ["vmx", "xml"])
def test_the_editor_draws_hostile_text_without_obeying_it(suffix: str, tmp_path: Path) -> None:
    kinds = ("title", "clipboard", "link", "clear", "alternate screen", "C1", "bidi", "zero width", "markup")
    hostile = "".join(TEXTS[kind] for kind in kinds) + TEXTS["wide"] + TEXTS["combining"] + "\n\r\t"
    path = tmp_path / f"{name_of(TEXTS['title'])}.{suffix}"
    path.write_bytes(DOCUMENTS[suffix](hostile))
    before = path.read_bytes()
    command = [*DISKMODE, path.name]
    with Terminal(command, env=surroundings(tmp_path / "none"), cwd=tmp_path) as terminal:
        terminal.wait("snapshot", "help")
        for key in (
            "s",
            "j",
            "s",
            "p",
            "m",
            ESCAPE,
            *"vvv",
            *"\t\t\t",
            "f",
            ESCAPE,
            "l",
            ESCAPE,
            "n",
            ESCAPE,
        ):
            terminal.send(key)
            terminal.settle(0.25 if key == ESCAPE else 0.1)
        for key in ("?", ESCAPE, "/", *"[/foo]", ESCAPE, CTRL_S):
            terminal.send(key)
            terminal.settle(0.25 if key == ESCAPE else 0.1)
        assert terminal.process.poll() is None, bytes(terminal.raw).decode("utf-8", "replace")[-4000:]
        for line in terminal.lines:
            assert not ACTING.search(line)
        raw = terminal.raw.decode("utf-8", "replace")
    assert "owned" not in _title_of(raw)
    assert "b3duZWQ=" not in "".join(part[:40] for part in raw.split("\x1b]52;")[1:])
    assert not any(part.startswith(";http://127.0.0.1") for part in raw.split("\x1b]8;")[1:])
    assert not set("\x9b\x9d\x90\u202e\u2066\u200b\u2060\x05") & set(raw)
    assert path.read_bytes() == before


def _title_of(raw: str) -> str:
    screen = pyte.Screen(SMALL.width, SMALL.height)
    pyte.Stream(screen).feed(raw)
    return str(screen.title)
