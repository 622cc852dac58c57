"""Which command is meant, help, exit status, and how fast it starts."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.cli.helpers import PROGRAM, ROOT, SAMPLES, copied, program, run, started, vmx
from tui import __version__
from tui.cli import main, options
from tui.cli import program as program_module
from tui.cli.messages import Status
from tui.disks import Spelling
from tui.rules import Hypervisor, Severity

COMMANDS = tuple(program_module.COMMANDS)


def test_the_version_is_printed() -> None:
    assert run("--version") == (0, f"diskmode {__version__}\n".encode(), "")


@pytest.mark.parametrize("words", [("--help",), ("-h",), *((name, "--help") for name in COMMANDS)])
def test_help_is_there_with_examples_and_fits_80_columns(words: tuple[str, ...]) -> None:
    outcome = run(*words)
    assert outcome.status == 0
    assert re.search("Example|Only for this shell", outcome.text)
    prose = [line for line in outcome.text.splitlines() if not line.startswith("    ")]
    assert max(map(len, prose)) <= 80


def test_help_names_every_command_the_editors_options_and_the_statuses() -> None:
    text = run("--help").text
    for word in (*COMMANDS, "--domain", "--no-mouse", "DISKMODE_DEBUG", "3 refused", "virsh edit"):
        assert word in text


def test_help_behind_a_file_is_the_editors() -> None:
    outcome = run("web.vmx", "--help")
    assert outcome.status == 0
    assert "--no-mouse" in outcome.text
    assert outcome.text.startswith("Usage: diskmode [OPTIONS] FILE\n")


def test_every_command_of_the_table_has_a_module() -> None:
    context = click.Context(main)
    group = main
    assert isinstance(group, click.Group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        assert command.name == name
    assert group.get_command(context, "shwo") is None
    assert group.list_commands(context) == list(COMMANDS)


def test_the_words_written_out_are_those_of_the_enumerations() -> None:
    assert tuple(Hypervisor) == options.HYPERVISORS
    assert tuple(Spelling) == options.SPELLINGS
    assert tuple(Severity) == options.SEVERITIES


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "no FILE was given"),
        (("shwo", "web.vmx"), "there is no command shwo, and no file; did you mean show?"),
        (("listing", "web.vmx"), "there is no command listing, and no file; the commands are show, set"),
        (("vms/gone.vmx", "web.vmx"), "vms/gone.vmx: there is no such file; check the name"),
        (("--bogus", "web.vmx"), "--bogus"),
        (("show",), "Missing argument 'FILE'"),
        (("show", "a", "b"), "unexpected extra argument"),
        (("show", "a", "--hypervisor", "xen"), "'xen' is not one of"),
        (("show", "a", "--fail-on", "fatal"), "'fatal' is not one of"),
        (("",), "the name of the FILE is empty"),
        (("set", "web.vmx"), "Missing argument 'DISK...'"),
        (("convert", "web.vmx"), "Missing option '--to': choose from vmx, xml; see diskmode convert --help"),
        (("completion",), "choose from bash, zsh, fish; see"),
        (("completion", "csh"), "'csh' is not one of"),
    ],
)
def test_usage_errors_are_one_sentence_and_status_2(words: tuple[str, ...], said: str) -> None:
    outcome = run(*words)
    assert outcome.status == Status.BAD_INPUT
    assert outcome.out == b""
    assert said in outcome.err
    assert outcome.err.startswith("diskmode: ")
    assert outcome.err.count("\n") == 1
    assert "\\" not in outcome.err


def test_a_file_named_like_a_command_is_opened_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("show").write_text("no machine\n")
    assert "show: this is neither a VMX file" in run("./show").err
    assert "show: this is neither a VMX file" in run("--", "show").err
    assert "Missing argument" in run("show").err


def test_options_may_stand_before_and_behind_the_file(tmp_path: Path) -> None:
    missing = tmp_path / "missing.vmx"
    for words in (("--no-mouse", missing), (missing, "--no-mouse")):
        assert "there is no such file" in run(*words).err


def test_an_unexpected_error_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def explode(*_: object, **__: object) -> None:
        raise ZeroDivisionError("\x1b[2Jbang")

    monkeypatch.setattr("tui.cli.show.machine_of", explode)
    path = str(vmx(tmp_path))
    result = CliRunner().invoke(main, ["show", path], env={"DISKMODE_DEBUG": None})
    assert result.exit_code == Status.BAD_INPUT
    assert result.stderr.count("\n") == 1
    assert "ZeroDivisionError: \\e[2Jbang" in result.stderr
    result = CliRunner().invoke(main, ["show", path], env={"DISKMODE_DEBUG": "1"})
    assert isinstance(result.exception, ZeroDivisionError)


def test_ctrl_c_ends_quietly_with_130() -> None:
    screen, terminal = pty.openpty()
    running = started("show", "-", stdin=terminal)
    assert running.stderr is not None
    assert running.stderr.readline() == b"diskmode: reading standard input; ctrl+d ends it\n"
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=10)
    os.close(screen)
    os.close(terminal)
    assert running.returncode == Status.INTERRUPTED
    assert (out, err.strip()) == (b"", b"")


@pytest.mark.parametrize(
    "words", [("show",), ("convert", "--to", "xml"), ("set", "all", "--no-snapshot", "-o", "-")]
)
def test_a_reader_that_goes_away_is_no_error(words: tuple[str, ...], tmp_path: Path) -> None:
    path = copied("sixty-disks.vmx", tmp_path)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*PROGRAM, words[0], path, *words[1:]],
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
            cwd=ROOT,
        )
    finally:
        os.close(writing)
    assert done.returncode == Status.READER_GONE
    assert b"rror" not in done.stderr.replace(b"error: ", b"")
    assert b"Traceback" not in done.stderr


def test_a_full_disk_behind_standard_output_is_said(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*PROGRAM, "show", vmx(tmp_path)], stdout=full, stderr=subprocess.PIPE, check=False, cwd=ROOT
        )
    assert done.returncode == Status.BAD_INPUT
    assert done.stderr.decode() == (
        "diskmode: standard output: the system refused (No space left on device); "
        "send the result to another place\n"
    )


@pytest.mark.parametrize("descriptor", [0, 1, 2])
def test_closed_standard_streams_are_no_crash(descriptor: int, tmp_path: Path) -> None:
    name = "-" if descriptor == 0 else str(vmx(tmp_path))
    operator = "<" if descriptor == 0 else ">"
    line = f'"$0" -m tui show "$1" {descriptor}{operator}&-'
    done = subprocess.run(
        ["sh", "-c", line, sys.executable, name], capture_output=True, check=False, cwd=ROOT
    )
    assert done.returncode == (0 if descriptor == 2 else Status.BAD_INPUT)
    assert b"Traceback" not in done.stderr


def _modules_after(*words: str | Path) -> set[str]:
    code = (
        "import sys\nfrom tui.cli import main\ntry:\n main(sys.argv[1:])\nexcept SystemExit:\n pass\n"
        "print('\\n' + ' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.splitlines()[-1].split())


HEAVY = {"textual", "rich", "lxml", "difflib", "tui.machine", "tui.convert", "tui.app", "dataclasses"}


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("completion", "zsh"), ()])
def test_help_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    assert not _modules_after(*words) & HEAVY


def test_no_command_imports_the_screen(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    for words in (
        ("show", path),
        ("set", path, "sda", "--no-snapshot", "--dry-run"),
        ("convert", path, "--to", "xml"),
        (tmp_path / "missing.vmx",),
    ):
        assert not _modules_after(*words) & {"textual", "rich", "tui.app"}


def test_a_name_that_is_no_text_does_not_crash(tmp_path: Path) -> None:
    path = os.fsencode(vmx(tmp_path).rename(tmp_path / "\udcff\x1b[2J.vmx"))
    env = {"PYTHONIOENCODING": "ascii"}
    shown = program(b"show", path, env=env)
    assert shown.status == 0
    assert b"\x1b" not in shown.out
    assert b"\\udcff\\e[2J.vmx" in shown.out
    assert "\x1b" not in program(path, b"\xff", env=env).err
    for words in (("show", os.fsdecode(path), "--json"), ("set", os.fsdecode(path), "sda", "--no-snapshot")):
        assert run(*words).status == 0
    assert "\x1b" not in run("show", os.fsdecode(path) + "2").err


@pytest.mark.parametrize(
    ("sample", "others"),
    [
        ("esxi8-web01.vmx", {"lxml", "tui.formats.domain_xml", "tui.formats.spellings"}),
        ("kvm-app01.xml", {"tui.formats.vmx", "tui.formats.vmx_syntax"}),
    ],
)
def test_showing_a_file_loads_neither_the_other_format_nor_what_writes(sample: str, others: set[str]) -> None:
    loaded = _modules_after("show", str(SAMPLES / sample))
    assert not loaded & {*others, "tui.storage.writing", "tui.fleet", "tui.convert", "hashlib", "json"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_help_into_a_full_disk_ends_with_a_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tui", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "No space left on device" in done.stderr
    assert "report" not in done.stderr


def test_an_account_without_a_home_is_served_and_told_what_is_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container may run as a user whom its system does not know."""

    def homeless(*_: object, **__: object) -> Path:
        raise RuntimeError("could not determine the home directory")

    for name in ("user_config_dir", "user_state_dir"):
        monkeypatch.setattr(f"platformdirs.{name}", homeless)
    for name in ("DISKMODE_CONFIG", "DISKMODE_STATE", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    file = vmx(tmp_path)
    assert run("show", file).status == 0
    outcome = run("set", file, "scsi0:0", "--no-snapshot")
    assert outcome.status == 0
    assert "not remembered" in outcome.err
