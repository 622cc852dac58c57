"""virsh as a child: several commands in one process, odd names, and every way it can fail."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.libvirt.virsh import need_virsh
from tui.storage import ErrorKind, ending_waits
from tui.storage.libvirt.virsh import Virsh, VirshError, version_in

TEST = "test:///default"


@pytest.fixture
def virsh() -> Virsh:
    need_virsh()
    return Virsh(TEST)


@pytest.mark.libvirt
def test_each_command_has_its_own_answer_and_one_that_fails_stops_none(virsh: Virsh) -> None:
    running, nobody, names = virsh.run(["domstate", "test"], ["dumpxml", "nobody"], ["list", "--name"])
    assert (running.out, running.error, names.out) == (b"running", "", b"test")
    assert nobody.out == b""
    assert "nobody" in nobody.error


@pytest.mark.libvirt
@pytest.mark.parametrize("name", ["a b", "it's", 'a"b', "a;b", "$(x)", "-x", "a\\b", "ü"])
def test_a_name_arrives_as_it_is(virsh: Virsh, name: str) -> None:
    text = virsh.one("dumpxml", "test").decode()
    renamed = text.replace("<name>test</name>", f"<name>{name}</name>")
    renamed = renamed[: renamed.index("<uuid>")] + renamed[renamed.index("</uuid>") + 7 :]
    _, state, names = virsh.run(
        ["define", "/dev/stdin"],
        ["domstate", "--domain", name],
        ["list", "--all", "--name"],
        data=renamed.encode(),
    )
    assert state.out == b"shut off"
    assert name.encode() in names.out.splitlines()


@pytest.mark.libvirt
def test_a_refusal_has_virsh_s_words(virsh: Virsh) -> None:
    with pytest.raises(VirshError, match="nobody"):
        virsh.one("domstate", "nobody")


@pytest.mark.libvirt
def test_a_connection_that_is_none_has_virsh_s_words() -> None:
    need_virsh()
    with pytest.raises(VirshError, match="failed to connect") as caught:
        Virsh("nowhere:///").one("list")
    assert caught.value.kind is ErrorKind.UNREACHABLE


@pytest.mark.libvirt
def test_the_version_is_the_daemon_s(virsh: Virsh) -> None:
    version = version_in(virsh.one("version", "--daemon"))
    assert version is not None
    assert version >= (9, 0)


def test_the_daemon_s_version_beats_the_client_s() -> None:
    said = b"Using library: libvirt 9.0.0\nRunning against daemon: 11.3.0\n"
    assert version_in(said) == (11, 3)
    assert version_in(said.splitlines()[0]) == (9, 0)
    assert version_in(b"garbage") is None


def test_without_virsh_that_is_said() -> None:
    with pytest.raises(VirshError, match="install libvirt"):
        Virsh(TEST, ("no-such-virsh",)).one("list")


def stand_in(tmp_path: Path, text: str) -> tuple[str, ...]:
    path = tmp_path / "virsh"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return (str(path),)


def test_a_virsh_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(VirshError, match="said nothing") as caught:
        Virsh(TEST, stand_in(tmp_path, "exec sleep 60"), seconds=0.2).one("list")
    assert caught.value.kind is ErrorKind.SILENT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "echo garbage",
        "echo error: no such thing >&2; exit 1",
        "head -c 100000 /dev/urandom; head -c 100000 /dev/urandom >&2",
        "kill -9 $$",
    ],
)
def test_a_virsh_that_answers_something_else_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(VirshError):
        Virsh(TEST, stand_in(tmp_path, text)).one("list")


def test_a_virsh_that_dies_in_the_middle_is_told_of_without_our_own_marks(tmp_path: Path) -> None:
    dying = """for last; do :; done; mark=${last##*--err }; echo "error: $mark" >&2; kill -9 $$"""
    with pytest.raises(VirshError, match="test: virsh ended before it had told all") as caught:
        Virsh("test", stand_in(tmp_path, dying)).run(("list",), ("version",))
    assert caught.value.kind is ErrorKind.GARBLED


def test_a_walk_that_is_stopped_waits_for_no_silent_virsh(tmp_path: Path) -> None:
    silent = Virsh(TEST, stand_in(tmp_path, "exec sleep 60"), alone=True, walks=True)
    with ending_waits() as end_waits:
        end_waits()
        with pytest.raises(VirshError, match="virsh was interrupted"):
            silent.run(["list"])
    with pytest.raises(VirshError, match="said nothing"):
        replace(silent, seconds=0.1).run(["list"])


def test_only_virsh_s_own_words_are_an_error(tmp_path: Path) -> None:
    """Where there is no polkit, its agent says so on the terminal before virsh does anything."""
    noise = 'echo "Authorization not available." >&2'
    marks = f'{noise}; mark=${{5##* }}; printf "%s" "$mark"; echo "error: $mark" >&2'
    told = Virsh(TEST, stand_in(tmp_path, marks)).run(["list"])
    assert told == [(b"", "")]


def test_a_virsh_that_is_alone_has_no_terminal(tmp_path: Path) -> None:
    words = stand_in(tmp_path, "ps -o sid= -p $$")
    own = Virsh(TEST, words, alone=True).as_typed(()).out
    assert int(own) != os.getsid(0)
    assert int(Virsh(TEST, words).as_typed(()).out) == os.getsid(0)
