"""Domains as a place's files: found, told apart, read a few processes at a time, and every way that fails."""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

import pytest

from tests.libvirt.virsh import need_virsh
from tui.disks import HostFacts, LibvirtVersion, Power
from tui.history.change import Caller, Outcome
from tui.history.change_store import OpenChange, remembered
from tui.storage import (
    LOCAL,
    Candidate,
    ErrorKind,
    Limits,
    MissingError,
    SaveError,
    UnknownSaveError,
    UnreadableError,
    connect,
    limits_from,
    place_of,
    read,
    save,
    write_new,
)
from tui.storage.libvirt.domains import ListedDomain, looked
from tui.storage.libvirt.domains import missing as missing_domain
from tui.storage.libvirt.place import LibvirtPlace
from tui.storage.libvirt.virsh import Printed

REFUSING = "echo 'error: failed to connect to the hypervisor' >&2"
ODD = (
    "7",
    " 7",
    "+7",
    "a b",
    "blank ",
    "it's",
    "-x",
    "ü",
    "$(x)",
    "web;01",
    str(uuid5(NAMESPACE_DNS, "somebody else")),
)


def uuid_of(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, name))


def node(folder: Path, *names: str) -> str:
    """A connection to the test driver with these domains, all of them running."""
    need_virsh()
    domains = "".join(
        f"<domain type='test'><name>{name}</name><uuid>{uuid_of(name)}</uuid><memory>8192</memory>"
        "<os><type>hvm</type></os><devices><disk type='file' device='disk'>"
        f"<source file='/img/{number}.img'/><target dev='vda' bus='virtio'/></disk></devices></domain>"
        for number, name in enumerate(names)
    )
    file = folder / "node.xml"
    file.write_text(f"<node>{domains}</node>")
    return f"test://{file}"


@pytest.mark.libvirt
@pytest.mark.parametrize("name", ODD)
def test_a_domain_is_found_by_its_name_whatever_virsh_could_take_it_for(tmp_path: Path, name: str) -> None:
    connect(uri := node(tmp_path, "first", *ODD))
    for given in (name, uuid_of(name).upper()):
        reading = read(f"{uri} {given}")
        assert f"<uuid>{uuid_of(name)}</uuid>".encode() in reading.data
        assert reading.target == uuid_of(name)
    assert read(str(reading.path)).data == reading.data


@pytest.mark.libvirt
def test_many_domains_are_read_in_few_processes_in_the_order_of_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"vm{number:03}" for number in range(150)]
    place = connect(node(tmp_path, *reversed(names)))
    virsh, log = shutil.which("virsh"), tmp_path / "log"
    stand_in(tmp_path, f'echo x >>{log}; exec {virsh} "$@"', monkeypatch)
    found = list(place.walk([""], exclude=["vm00*"]))
    assert [one.path for one in found if isinstance(one, Candidate)] == names[10:]
    assert len(log.read_text().split()) == 3
    one = pickle.loads(pickle.dumps(found[0]))
    assert b"<name>vm010</name>" in one.source.read_bytes(one.path)
    assert one.address == f"{place.uri} vm010"


@pytest.mark.libvirt
def test_a_name_that_is_not_there_is_told_and_stops_no_other(tmp_path: Path) -> None:
    place = connect(uri := node(tmp_path, "web", "db"))
    missing, web = place.walk(["nix", "web"])
    assert isinstance(missing, MissingError)
    assert missing.path == f"{uri} nix"
    assert isinstance(web, Candidate)
    with pytest.raises(MissingError, match="no such domain"):
        read(f"{uri} nix")


def test_the_command_that_lists_the_domains_can_be_pasted() -> None:
    assert missing_domain("qemu:///session?socket=/a&b", "nix").remedy.startswith(
        "virsh -c 'qemu:///session?socket=/a&b' list --all "
    )


@pytest.mark.libvirt
def test_what_the_host_says_comes_with_a_domain(tmp_path: Path) -> None:
    place = connect(uri := node(tmp_path, "web"))
    facts = read(f"{uri} web").path.place.host_facts("web")  # type: ignore[union-attr]
    assert facts is not None
    assert (facts.host, facts.vm, facts.power) == (place.uri, uuid_of("web"), Power.RUNNING)
    assert (facts.snapshots, facts.checkpoints) == ((), ())
    assert facts.libvirt is not None
    assert facts.libvirt >= (9, 0)


def answers(state: str, snapshots: str = "", external: str = "", checkpoints: str = "") -> list[Printed]:
    texts = ("<domain/>", state, snapshots, external, checkpoints)
    return [Printed(b"", text) if text.startswith("error") else Printed(text.encode()) for text in texts]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (answers("running"), (Power.RUNNING, (), ())),
        (answers("paused", "s1\ns2\n", "s2"), (Power.PAUSED, ("s1", "s2"), ())),
        (answers("pmsuspended"), (Power.ASLEEP, (), ())),
        (answers("shut off", checkpoints="c1"), (Power.OFF, (), ("c1",))),
        (answers("crashed"), (Power.OFF, (), ())),
        (answers("no state"), (None, (), ())),
        (answers("\x1b[31mgarbage"), (None, (), ())),
        (answers("error", "error", "error", "error"), (None, None, None)),
    ],
)
def test_facts_are_what_virsh_prints_and_unknown_where_it_refuses(
    told: list[Printed], expected: tuple[object, ...]
) -> None:
    known = ListedDomain(uuid_of("web"), "web")
    facts = looked("test:///x", known, LibvirtVersion(9, 0), told).facts
    assert (facts.power, facts.snapshots, facts.checkpoints) == expected
    assert isinstance(facts, HostFacts)


def test_a_domain_whose_state_is_saved_is_suspended() -> None:
    known = ListedDomain(uuid_of("web"), "web", saved=True)
    for state, power in (("shut off", Power.SUSPENDED), ("running", Power.RUNNING)):
        facts = looked("test:///x", known, None, answers(state)).facts
        assert facts.power is power


@pytest.mark.parametrize(
    "uri", ["esx://root:geheim42@esxi01/?no_verify=1", "qemu+ssh://a:geheim42@b:22/system"]
)
def test_a_password_in_a_connection_is_refused_and_not_said_again(uri: str) -> None:
    with pytest.raises(UnreadableError, match="it holds a password") as caught:
        connect(uri)
    assert "geheim42" not in str(caught.value)
    assert connect(uri.replace(":geheim42@", "@"))


def test_no_text_leads_to_libvirt_before_a_person_gave_the_connection(tmp_path: Path) -> None:
    """A URI can name a program to be run."""
    trap = f"qemu+ext:///system?command={tmp_path}/trap"
    assert place_of(f"{trap} web") == (LOCAL, f"{trap} web")
    with pytest.raises(MissingError):
        read(f"{trap} web")
    connect(trap)
    assert place_of(f"{trap} web") == (LibvirtPlace(trap), "web")
    assert place_of(trap) == (LibvirtPlace(trap), "")


@pytest.mark.parametrize("uri", ["", "-x", "a b", "a\nb", "qemu:///system\x1b[2J"])
def test_what_can_be_no_connection_is_refused(uri: str) -> None:
    with pytest.raises(UnreadableError, match="no connection"):
        connect(uri)


@pytest.mark.parametrize(
    ("uri", "local"),
    [
        ("qemu:///system", True),
        ("qemu:///session?socket=/run/x", True),
        ("test:///default", True),
        ("qemu+ssh://kvm1/system", False),
        ("qemu+tls://kvm1/system", False),
        ("qemu+ext:///system?command=/x", False),
        ("qemu://kvm1/system", False),
        ("esx://esxi01/", False),
        ("hail", False),
    ],
)
def test_only_a_local_connection_s_images_are_looked_at_here(tmp_path: Path, uri: str, local: bool) -> None:
    (image := tmp_path / "a.img").write_bytes(b"image")
    place = LibvirtPlace(uri)
    assert place.is_there(str(image)) is local
    assert not place.is_there("a.img")
    if local:
        assert place.read_head(str(image), 3) == b"ima"
    else:
        with pytest.raises(MissingError):
            place.read_head(str(image), 3)


def test_libvirt_keeps_no_files() -> None:
    connect("test:///default")
    with pytest.raises(SaveError, match="domains, not files"):
        write_new("test:///default web.xml", b"x")


def stand_in(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another virsh first in PATH."""
    own = folder / "bin"
    own.mkdir(exist_ok=True)
    (own / "virsh").write_text(f"#!/bin/sh\n{script}\n")
    (own / "virsh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{own}:{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ("exec sleep 60", ErrorKind.SILENT),
        ("echo garbage", ErrorKind.GARBLED),
        ("exit 1", ErrorKind.GARBLED),
        (f"{REFUSING}; exit 1", ErrorKind.UNREACHABLE),
        (f"{REFUSING}; echo 'error: authentication unavailable' >&2; exit 1", ErrorKind.NOT_LET_IN),
    ],
)
def test_a_host_that_cannot_be_asked_is_one_thing_that_was_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, kind: ErrorKind
) -> None:
    stand_in(tmp_path, script, monkeypatch)
    limits_from(lambda: Limits(silence=1))
    try:
        place = connect("qemu:///faulty")
        (error,) = place.walk([""])
        assert isinstance(error, UnreadableError)
        assert error.kind is kind
        if kind is not ErrorKind.SILENT:  # each waits for a second
            with pytest.raises(UnreadableError):
                place.read("web")
            assert place.host_facts("web") is None
    finally:
        limits_from(Limits)


@pytest.mark.libvirt
@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("echo 'error: no write access' >&2", "no write access|answer"),
        ("kill -9 $$", "answer"),
        ("exec sleep 60", "said nothing"),
    ],
)
def test_a_virsh_that_fails_while_it_defines_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, says: str
) -> None:
    connect(uri := node(tmp_path, "web"))
    reading = read(f"{uri} web")
    virsh = shutil.which("virsh")
    stand_in(tmp_path, f'case "$*" in *define*) {fault};; *) exec {virsh} "$@";; esac', monkeypatch)
    limits_from(lambda: Limits(silence=1))
    try:
        with pytest.raises(SaveError, match=says) as caught:
            save(reading, reading.data.replace(b"device='disk'", b"device='disk' snapshot='no'"))
        assert "so nothing was saved" in caught.value.what
    finally:
        limits_from(Limits)


@pytest.mark.libvirt
def test_a_host_that_falls_silent_over_a_define_leaves_it_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(uri := node(tmp_path, "web"))
    reading = read(f"{uri} web")
    gone = tmp_path / "gone"
    script = f'[ ! -e {gone} ] || exit 1; case "$*" in *define*) >{gone}; exit 1;; esac; '
    stand_in(tmp_path, f'{script} exec {shutil.which("virsh")} "$@"', monkeypatch)
    change = OpenChange(Caller.SET, "set")
    edited = reading.data.replace(b"device='disk'", b"device='disk' snapshot='no'")
    with (
        pytest.raises(UnknownSaveError, match="whether it was saved is not known"),
        change.saving(f"{uri} {reading.target}", reading.data, edited),
    ):
        save(reading, edited)
    change.end()
    (found,) = remembered().changes
    assert [one.outcome for one in found.records] == [Outcome.BEGUN]
    assert remembered().standing(found)


@pytest.mark.libvirt
def test_what_libvirt_takes_and_does_not_keep_is_not_called_saved() -> None:
    """The test driver forgets with the process."""
    need_virsh()
    connect("test:///default")
    reading = read("test:///default test")
    with pytest.raises(SaveError, match="keeps what it had"):
        save(reading, reading.data.replace(b"device='disk'", b"device='disk' snapshot='no'"))
