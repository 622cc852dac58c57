"""Bad input: one sentence with the file and a remedy, status 2, nothing written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.cli.helpers import ROOT, copied, program, run, vmx
from tui.cli.messages import Status

COMMANDS = (
    (),
    ("show",),
    ("show", "--json"),
    ("set", "all", "--no-snapshot"),
    ("set", "all", "--no-snapshot", "--dry-run"),
    ("convert", "--to", "xml"),
)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)


def _bomb(path: Path) -> None:
    entities = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
    path.write_text(f"<!DOCTYPE d [<!ENTITY e0 'ha'>{entities}]><domain><name>&e9;</name></domain>")


def _write(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda _: None, "there is no such file"),
    "empty": (_write(b""), "it is empty"),
    "blank": (_write(b" \n\n"), "nothing but blanks"),
    "folder": (Path.mkdir, "it is a folder"),
    "pipe": (os.mkfifo, "it is a named pipe"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "it is a character device"),
    "dangling": (lambda path: path.symlink_to("nowhere"), "symbolic link to nowhere"),
    "large": (_sparse, "larger than 64 MiB"),
    "binary": (_write(b"\x7fELF" + bytes(range(1, 32)) * 20), "binary file"),
    "nul": (_write(b'displayName = "a"\nscsi0:0.fileName = "a\0.vmdk"\n'), "line 2: there is a NUL byte"),
    "neither": (_write(b"[Unit]\nDescription=web\n"), "neither a VMX file nor a domain XML"),
    "undecodable": (_write(b"<domain>\n<name>\xff</name></domain>"), "line 2: byte 0xff"),
    "unknown encoding": (_write(b"<?xml version='1.0' encoding='x-no'?><domain/>"), '"x-no"'),
    "not well-formed": (_write(b"<domain>\n<name>\n</domain>"), "line 3: "),
    "no domain": (_write(b"<network><name>default</name></network>"), "there is no <domain>"),
    "entity bomb": (_bomb, "line 1: "),
    "external entity": (
        _write(b"<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><domain><name>&x;</name></domain>"),
        "line 1: ",
    ),
    "external DTD": (_write(b"<!DOCTYPE d SYSTEM 'http://127.0.0.1/d.dtd'><domain/>"), "line 1: "),
    "deep": (_write(b"<domain>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</domain>"), "line 1: "),
    "LFS pointer": (
        _write(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
        "Git LFS pointer",
    ),
    "VMDK": (_write(b"# Disk DescriptorFile\nversion=1\n"), "a VMDK disk, not a machine"),
}


@pytest.mark.parametrize("case", BAD)
def test_every_command_names_the_file_the_matter_and_a_remedy(case: str, tmp_path: Path) -> None:
    make, said = BAD[case]
    path = tmp_path / "web.vmx"
    make(path)
    before = sorted(tmp_path.iterdir())
    for command in COMMANDS:
        if case == "folder" and not command:
            continue  # without a command a folder opens the fleet
        outcome = run(*command[:1], path, *command[1:])
        assert outcome.status == Status.BAD_INPUT, command
        assert outcome.out == b""
        assert outcome.err.startswith(f"diskmode: {path}: "), outcome.err
        assert said in outcome.err
        assert "; " in outcome.err, "a remedy"
        assert outcome.err.count("\n") == 1
        assert "root:" not in outcome.err
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "case", ["empty", "binary", "nul", "neither", "not well-formed", "entity bomb", "deep"]
)
def test_bad_input_from_standard_input(case: str, tmp_path: Path) -> None:
    make, said = BAD[case]
    make(tmp_path / "bad")
    data = (tmp_path / "bad").read_bytes()
    for command in COMMANDS:
        outcome = run(*command[:1], "-", *command[1:], data=data)
        assert outcome.status == Status.BAD_INPUT
        # What waits behind the editor in a pipe gets the text as it came, whatever is wrong with it.
        assert outcome.out == (b"" if command else data)
        assert outcome.err.startswith("diskmode: standard input: ")
        assert said in outcome.err


def test_standard_input_larger_than_64_mib() -> None:
    line = 'head -c 68000000 /dev/zero | "$0" -m tui show -'
    done = subprocess.run(["sh", "-c", line, sys.executable], capture_output=True, check=False, cwd=ROOT)
    assert done.returncode == Status.BAD_INPUT
    assert b"standard input: it is larger than 64 MiB" in done.stderr


_AS_NOBODY = """
import difflib, hashlib, json, os, pkgutil, sys, tempfile
import tui  # all of it before the rights are gone: they may be needed to read our own modules, and Python's
for found in pkgutil.walk_packages(tui.__path__, "tui."):
    if not found.name.startswith("tui.app") and not found.name.endswith("__main__"):
        __import__(found.name)
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
from tui.cli import main
main(sys.argv[1:])
"""


def _as_nobody(*words: str | Path) -> subprocess.CompletedProcess[bytes]:
    """The program run by a user without rights: root may read and write everything."""
    return subprocess.run(
        [sys.executable, "-c", _AS_NOBODY, *words], capture_output=True, check=False, cwd=ROOT
    )


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter: pytest closes its own whenever another run of it begins."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_no_permission_to_read(open_folder: Path) -> None:
    path = vmx(open_folder)
    path.chmod(0)
    done = _as_nobody("show", path)
    assert done.returncode == Status.BAD_INPUT
    assert f"diskmode: {path}: you have no permission to read it" in done.stderr.decode()


def test_a_file_that_cannot_be_written_is_shown_as_read_only_and_kept(open_folder: Path) -> None:
    path = vmx(open_folder)
    path.chmod(0o444)
    before = path.read_bytes()
    shown = _as_nobody("show", path)
    assert shown.returncode == 0
    assert b"Read-only: you have no permission to write to it" in shown.stdout.replace(b"\n", b" ")
    done = _as_nobody("set", path, "sda", "--no-snapshot")
    assert done.returncode == Status.BAD_INPUT
    assert b"so nothing was saved" in done.stderr
    assert path.read_bytes() == before
    dry = _as_nobody("set", path, "sda", "--no-snapshot", "--dry-run")
    assert dry.returncode == Status.BAD_INPUT
    assert b'+scsi0:0.mode = "independent-persistent"' in dry.stdout
    assert b"it would not be saved" in dry.stderr


def test_several_domains_are_named(tmp_path: Path) -> None:
    path = copied("several-domains.xml", tmp_path)
    for command in COMMANDS[1:-1]:
        outcome = run(*command[:1], path, *command[1:])
        assert outcome.status == Status.BAD_INPUT
        assert "the file holds 3 domains" in outcome.err
        assert "--domain" in outcome.err
    assert run("show", path, "--domain", "2").status == 0
    nobody = run("show", path, "--domain", "\x1b[2J")
    assert nobody.status == Status.BAD_INPUT
    assert "there is no domain \\e[2J" in nobody.err
    assert "there is no domain" in run(path, "--domain", "none").err


def test_domain_means_nothing_in_a_vmx(tmp_path: Path) -> None:
    for command in COMMANDS[:-1]:
        outcome = run(*command[:1], vmx(tmp_path), *command[1:], "--domain", "1")
        assert outcome.status == Status.BAD_INPUT
        assert "leave out --domain" in outcome.err


HOSTILE = "\x1b]0;owned\x07\x1b[2J[/foo]\u202egnp\u2066\u200b"


def test_hostile_names_act_on_no_terminal(tmp_path: Path) -> None:
    path = vmx(
        tmp_path,
        f'scsi0:0.mode = "{HOSTILE}"',
        f'scsi0:2.fileName = "{HOSTILE}.vmdk"',
        'scsi0:2.present = "TRUE"',
        name=f"{HOSTILE.replace('/', '')}.vmx",
        display=HOSTILE,
    )
    for words in (
        ("show", path),
        ("show", path, "--json"),
        ("set", path, HOSTILE, "--no-snapshot"),
        ("set", path, "scsi0:2", "--no-snapshot"),
        ("set", path, "scsi0:2", "--mode", HOSTILE),
        ("show", path, f"--{HOSTILE}"),
        ("show", f"{path}{HOSTILE}"),
        (f"{path}{HOSTILE}",),
        (HOSTILE, "x"),
    ):
        outcome = run(*words)
        for letter in "\x1b\x07\u202e\u2066\u200b":
            assert letter not in outcome.err
            assert letter not in outcome.text
    assert "[/foo]" in run("show", path).text


def test_real_program_without_a_terminal_says_what_to_use_instead(tmp_path: Path) -> None:
    outcome = program(vmx(tmp_path))
    assert outcome.status == Status.BAD_INPUT
    assert outcome.err == (
        "diskmode: the editor draws on standard error, and that is no terminal; "
        "use diskmode show and diskmode set, which need none\n"
    )
