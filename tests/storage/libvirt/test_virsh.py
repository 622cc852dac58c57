"""virsh as a child: several commands in one process, odd names, and every way it can fail."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tui.storage.libvirt.virsh import Virsh, VirshError, version_in

TEST = "test:///default"


@pytest.fixture
def virsh() -> Virsh:
    if shutil.which("virsh") is None:
        if os.environ.get("CI"):
            pytest.fail("virsh is missing, and CI installs it")
        pytest.skip("virsh is not installed")
    return Virsh(TEST)


@pytest.mark.libvirt
def test_each_command_has_its_own_answer_and_one_that_fails_stops_none(virsh: Virsh) -> None:
    done = virsh.run(["domstate", "test"], ["dumpxml", "nobody"], ["list", "--all", "--name"])
    assert done.answers == (b"running", b"", b"test")
    assert "nobody" in done.said


@pytest.mark.libvirt
@pytest.mark.parametrize("name", ["a b", "it's", 'a"b', "a;b", "$(x)", "-x", "a\\b", "ü"])
def test_a_name_arrives_as_it_is(virsh: Virsh, name: str) -> None:
    text = virsh.one("dumpxml", "test").decode()
    renamed = text.replace("<name>test</name>", f"<name>{name}</name>")
    renamed = renamed[: renamed.index("<uuid>")] + renamed[renamed.index("</uuid>") + 7 :]
    done = virsh.run(
        ["define", "/dev/stdin"],
        ["domstate", "--domain", name],
        ["list", "--all", "--name"],
        data=renamed.encode(),
    )
    assert done.answers[1] == b"shut off"
    assert name.encode() in done.answers[2].splitlines()


@pytest.mark.libvirt
def test_a_refusal_has_virsh_s_words(virsh: Virsh) -> None:
    with pytest.raises(VirshError, match="nobody"):
        virsh.one("domstate", "nobody")


@pytest.mark.libvirt
def test_a_connection_that_is_none_has_virsh_s_words(virsh: Virsh) -> None:
    with pytest.raises(VirshError, match="nowhere"):
        Virsh("nowhere:///").one("list")


@pytest.mark.libvirt
def test_the_version_is_read(virsh: Virsh) -> None:
    version = version_in(virsh.one("version"))
    assert version is not None
    assert version >= (9, 0)
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
    with pytest.raises(VirshError, match="said nothing"):
        Virsh(TEST, stand_in(tmp_path, "exec sleep 60"), seconds=0.2).one("list")


@pytest.mark.parametrize("text", ["", "echo garbage", "echo error: no such thing >&2; exit 1"])
def test_a_virsh_that_answers_something_else_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(VirshError):
        Virsh(TEST, stand_in(tmp_path, text)).one("list")
