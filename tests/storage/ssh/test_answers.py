"""What hosts print is hostile: whatever it is, it is read as a value or refused as garbled."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.disks import HostFacts, Power
from tui.storage.errors import UnreadableError
from tui.storage.place import Candidate, Follow, Passed
from tui.storage.ssh.answers import Fields, heads, looked
from tui.storage.ssh.facts import vm_facts
from tui.storage.ssh.garbled import GarbledError
from tui.storage.ssh.host import Host
from tui.storage.ssh.links import Links
from tui.storage.ssh.place import SshPlace
from tui.storage.ssh.scripts import SMALL
from tui.storage.ssh.tars import Unzipped, files_in
from tui.storage.ssh.walk import HostWalk


def packed(**files: bytes) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name.replace("__", "/") + ".vmx")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(whole.getvalue(), mtime=0)


LOOKED = (
    b"/vm/a.vmx\x001 0 0 644 5\x00-fde\x00./a.vmx\x00./a.vmsd\x00\x00"
    + packed(a=b"text\n")
    + b"12\x00=Powered off\x00=Get Snapshot:\x00\x00"
)
FOUND = b"=/vm\x00\x00/vm/s\x00=/vm/u\x00\x00/vm/a.vmx\x00/vm/b/b.vmx\x00\x00/vm/a.vmx\x00=\x00\x00" + packed(
    vm__a=b"text\n", vm__b__b=b"more\n"
)


def walked(data: bytes) -> Iterator[object]:
    host = Host("far")
    links = Links((), Follow.NEAR, Passed(), SshPlace(host).address)
    return HostWalk(host, ["/vm"], (), links).streamed(Fields([data]))


@given(st.lists(st.binary(min_size=1).filter(lambda name: b"\0" not in name)), st.integers(1, 9))
def test_fields_are_the_same_however_they_come(names: list[bytes], size: int) -> None:
    whole = b"".join(name + b"\0" for name in names) + b"\0behind"
    parts = [whole[at : at + size] for at in range(0, len(whole), size)]
    fields = Fields(parts)
    assert fields.block(len(names)) == [os.fsdecode(name) for name in names]
    assert b"".join(fields.rest()) == b"behind"
    if names:
        with pytest.raises(GarbledError, match="more than"):
            Fields(parts).block(len(names) - 1)


def test_good_answers_are_read() -> None:
    found = looked(LOOKED, "far")
    assert (found.real, found.data, found.facts) == (
        "/vm/a.vmx",
        b"text\n",
        HostFacts("far", "12", Power.OFF, ()),
    )
    assert (found.may_write_file, found.may_write_folder, found.is_esxi) == (True, True, True)
    assert len(list(walked(FOUND))) == 2


def test_an_overlay_beside_a_machine_is_a_name_in_its_folder() -> None:
    names = b"/vm/a.qcow2.TRANSIENT-web\0/vm/a.vmx\0"
    found = b"=/vm\0\0\0" + names + b"\0\0" + packed(vm__a=b"text\n")
    (candidate,) = walked(found)
    assert isinstance(candidate, Candidate)
    assert candidate.source.is_there("/vm/a.qcow2.TRANSIENT-web")


@given(st.integers(0, len(LOOKED)), st.binary(max_size=40), st.integers(0, 40))
def test_a_look_that_is_spoilt_is_read_or_refused(at: int, put: bytes, cut: int) -> None:
    try:
        looked(LOOKED[:at] + put + LOOKED[at + cut :], "far")
    except GarbledError:
        return


@given(st.integers(0, len(FOUND)), st.binary(max_size=40), st.integers(0, 40))
def test_a_walk_that_is_spoilt_is_read_or_refused(at: int, put: bytes, cut: int) -> None:
    try:
        list(walked(FOUND[:at] + put + FOUND[at + cut :]))
    except (GarbledError, UnreadableError):
        return


@given(st.binary(max_size=600))
def test_a_tar_of_anything_is_read_or_refused(data: bytes) -> None:
    try:
        list(files_in(Unzipped(iter([gzip.compress(data, mtime=0)]))))
    except GarbledError:
        return


@given(st.binary(max_size=200))
def test_heads_of_anything_are_read_or_refused(data: bytes) -> None:
    try:
        heads(["/a", "/b"], [data])
    except GarbledError:
        return


@pytest.mark.parametrize(
    "number", ["\u00b2", "\u0663", "9" * 5000, ""], ids=("raised", "arabic", "long", "none")
)
def test_a_number_in_digits_of_another_script_or_without_end_is_garbled(number: str) -> None:
    for words in (f"0 {number}\0", f"{number} 0\0"):
        with pytest.raises(GarbledError, match="asked for"):
            heads(["/a"], [words.encode() + bytes(SMALL)])
    with pytest.raises(GarbledError, match="asked for"):
        looked(f"/a\0{number} 0 0 644 1\0-\0".encode(), "far")
    with pytest.raises(GarbledError, match="asked for"):
        vm_facts([number, "=", "="], "far")


@pytest.mark.parametrize("data", [b"", b"x", b"\x00", b"/a\x00" * 3, LOOKED[:50]])
def test_an_answer_that_ends_early_is_garbled(data: bytes) -> None:
    with pytest.raises(GarbledError):
        looked(data, "far")
