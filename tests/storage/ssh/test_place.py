"""Files on a host, through the same functions as local ones, over a real sshd with busybox behind it."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.storage.ssh.far_side import BUSYBOX
from tests.storage.ssh.server import free_port
from tui.disks import HostFacts, Power
from tui.storage import (
    Candidate,
    ConflictError,
    ErrorKind,
    ExistsError,
    MissingError,
    SaveError,
    UnreadableError,
    current,
    is_same,
    place_of,
    read,
    save,
    source_now,
    source_of,
    write_new,
)
from tui.storage.place import Location
from tui.storage.ssh.begun_walks import outermost
from tui.storage.ssh.connections import CONNECTIONS
from tui.storage.ssh.place import SshPlace

pytestmark = pytest.mark.sshd

VIM = """case "$1 ${2-}" in
"vmsvc/getallvms ") echo 'Vmid Name File Guest OS Version'; echo '12 web01 [STORE] PATH ubuntu vmx-20' ;;
"vmsvc/power.getstate 12") echo "Retrieved runtime info"; echo "Powered on" ;;
"vmsvc/snapshot.get 12") echo "Get Snapshot:" ;;
"vmsvc/reload 12") echo "reloaded" ;;
esac"""


Tool = Callable[[str, str], None]


def test_a_file_is_read_with_its_neighbours_in_one_call(
    host: str, vm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = read(f"{host}{vm}")
    assert (reading.data, reading.target, reading.writable) == (vm.read_bytes(), str(vm), True)
    assert str(reading.path) == f"{host}{vm}"
    monkeypatch.setenv("DISKMODE_SSH", "no-such-ssh")  # the call that is not made
    source = source_of(reading)
    assert source.read_head(str(vm.with_suffix(".vmsd")), 8) == b"snapshot"
    assert source.is_there(f"{vm.parent}/web01-flat.vmdk")
    assert not source.is_there(f"{vm}.lck")
    with pytest.raises(MissingError):
        source.read_head(f"{vm.parent}/gone.vmdk", 10)
    assert source.host_facts(str(vm)) is None
    assert list(source.names_in(str(vm.parent))) == sorted(one.name for one in vm.parent.iterdir())


def test_what_is_too_large_or_lies_elsewhere_is_fetched_when_it_is_asked_for(
    host: str, vm: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.qcow2"
    other.write_bytes(b"QFI\xfb" + bytes(100_000))
    source = source_of(read(f"{host}{vm}"))
    assert source.read_head(f"{vm.parent}/web01-flat.vmdk", 100) == bytes(100)
    assert source.read_head(str(other), 4) == b"QFI\xfb"
    assert source.is_there(str(other))
    assert not source.is_there(str(tmp_path / "gone"))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("gone.vmx", ErrorKind.MISSING), ("", ErrorKind.NOT_A_FILE), ("empty.vmx", ErrorKind.EMPTY)],
)
def test_what_cannot_be_read_says_why(host: str, vm: Path, name: str, kind: ErrorKind) -> None:
    (vm.parent / "empty.vmx").touch()
    with pytest.raises(UnreadableError) as refused:
        read(f"{host}{vm.parent}/{name}")
    assert refused.value.kind is kind
    assert refused.value.path.startswith(host)


def test_a_save_keeps_the_mode_and_is_not_confirmed(host: str, vm: Path) -> None:
    vm.chmod(0o640)
    saved = save(read(f"{host}{vm}"), b"new\n", backup=True)
    assert vm.read_bytes() == b"new\n"
    assert vm.stat().st_mode & 0o777 == 0o640
    assert "not confirmed" in (saved.doubt or "")
    assert saved.backup == f"{host}{vm}~"
    assert save(saved, b"newer\n").data == vm.read_bytes() == b"newer\n"


@pytest.mark.parametrize("when", [0, 4_000_000_000], ids=["1970", "2096"])
def test_a_host_whose_clock_differs_is_read_and_saved_to_all_the_same(host: str, vm: Path, when: int) -> None:
    """Bytes are compared by their hashes, and nothing there is asked for the time."""
    os.utime(vm, (when, when))
    reading = read(f"{host}{vm}")
    saved = save(reading, b"new\n")
    os.utime(vm, (when, when))
    assert save(saved, b"newer\n").data == vm.read_bytes() == b"newer\n"
    vm.write_bytes(b"another's\n")
    os.utime(vm, (when, when))
    with pytest.raises(ConflictError):
        save(saved, b"newest\n")


def test_equal_bytes_are_not_written(host: str, vm: Path) -> None:
    reading = read(f"{host}{vm}")
    before = vm.stat().st_ino
    assert save(reading, reading.data).doubt is None
    assert vm.stat().st_ino == before


def test_a_file_that_changed_meanwhile_is_a_conflict_with_what_is_there_now(host: str, vm: Path) -> None:
    reading = read(f"{host}{vm}")
    vm.write_bytes(b"other\n")
    with pytest.raises(ConflictError) as refused:
        save(reading, b"new\n")
    assert refused.value.current == b"other\n"
    now = current(reading)
    assert now is not None
    assert now.data == b"other\n"
    vm.unlink()
    assert current(reading) is None
    with pytest.raises(ConflictError) as gone:
        save(reading, b"new\n")
    assert gone.value.current is None


def test_a_file_with_two_names_is_read_only(host: str, vm: Path) -> None:
    os.link(vm, vm.parent / "second")
    reading = read(f"{host}{vm}")
    assert not reading.writable
    assert "hard links" in (reading.why_not or "")
    with pytest.raises(SaveError, match="hard links"):
        save(reading, b"new\n")


def test_a_draft_that_was_left_is_told_of_when_the_file_is_read(host: str, vm: Path) -> None:
    (vm.parent / ".web01.vmx.diskmode-aB3xY9").touch()
    (vm.parent / ".web02.vmx.diskmode-aB3xY9").touch()
    assert read(f"{host}{vm}").notices == (
        "a save that was interrupted left .web01.vmx.diskmode-aB3xY9 beside it: compare it, then remove it",
    )


# The program's shell is sshd's child.
_END = "read -r _ _ _ sshd _ </proc/$PPID/stat; kill -9 $sshd"


def test_a_connection_that_ends_behind_the_rename_is_a_save(host: str, vm: Path, tool: Tool) -> None:
    reading = read(f"{host}{vm}")
    tool("sync", _END)
    assert save(reading, b"new\n").data == vm.read_bytes() == b"new\n"


def test_a_connection_that_ends_before_the_rename_is_none(host: str, vm: Path, tool: Tool) -> None:
    reading = read(f"{host}{vm}")
    tool("mv", f"{_END}; exit 1")
    with pytest.raises(SaveError, match="connection"):
        save(reading, b"new\n")
    assert vm.read_bytes() == reading.data


def test_where_the_host_is_gone_after_a_save_it_is_not_called_failed(
    host: str, vm: Path, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = read(f"{host}{vm}")
    tool("mv", _END)
    monkeypatch.setattr("tui.storage.ssh.saving.look", _down)
    with pytest.raises(SaveError, match="whether it was saved is not known"):
        save(reading, b"new\n")


def _down(*_: object) -> object:
    raise UnreadableError("far", "it is down", "wait")


def test_a_new_file_is_written_and_a_taken_name_refused(host: str, vm: Path, tmp_path: Path) -> None:
    address = f"{host}{tmp_path}/new.xml"
    assert write_new(address, b"one") == address
    with pytest.raises(ExistsError):
        write_new(address, b"two")
    (tmp_path / "new.xml").chmod(0o600)
    assert write_new(address, b"two", overwrite=True) == address
    assert (tmp_path / "new.xml").read_bytes() == b"two"
    assert (tmp_path / "new.xml").stat().st_mode & 0o777 == 0o600
    with pytest.raises(SaveError, match="folder"):
        write_new(f"{host}{tmp_path}/none/new.xml", b"x")


def test_folders_and_same_files_are_told(host: str, vm: Path, tmp_path: Path) -> None:
    place, path = place_of(f"{host}{tmp_path}")
    assert place.is_folder(path)
    assert not place.is_folder(str(vm))
    assert place.is_there(str(vm))
    assert not place.is_there(f"{vm}x")
    link = tmp_path / "link"
    link.symlink_to(vm)
    reading = read(f"{host}{vm}")
    assert is_same(reading, f"{host}{link}")
    assert not is_same(reading, f"{host}{vm.parent}/web01.vmsd")
    assert not is_same(reading, str(vm)), "another place"


def test_what_an_esxi_host_knows_comes_with_the_file_and_again_before_a_save(
    host: str, tmp_path: Path, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "volumes" / "uuid" / "web01"
    folder.mkdir(parents=True)
    (tmp_path / "volumes" / "ds1").symlink_to("uuid")
    path = folder / "web01.vmx"
    path.write_bytes(b"x\n")
    monkeypatch.setattr("tui.storage.ssh.neighbours.VOLUMES", str(tmp_path / "volumes"))
    tool("vim-cmd", VIM.replace("STORE", "ds1").replace("PATH", "web01/web01.vmx"))
    reading = read(f"{host}{path}")
    facts = HostFacts("127.0.0.1", "12", Power.RUNNING, ())
    assert source_of(reading).host_facts(str(path)) == facts
    assert source_now(reading).host_facts(str(path)) == facts
    assert reading.not_kept is None
    place, _ = place_of(host + str(path))
    assert place.reload("12") == "reloaded"  # type: ignore[attr-defined] # a host's


def test_a_host_that_is_slow_over_its_facts_gives_the_file_all_the_same(
    host: str, vm: Path, tool: Tool
) -> None:
    tool("vim-cmd", f"exec {BUSYBOX} sleep 20")
    place, path = place_of(f"{host}{vm}")
    assert isinstance(place, SshPlace)
    connection = CONNECTIONS.to(place.host)
    limits, connection.limits = connection.limits, connection.limits._replace(facts=3)
    try:
        reading = place.read(path)
    finally:
        connection.limits = limits
    assert reading.data == vm.read_bytes()
    assert source_of(reading).host_facts(path) == HostFacts("127.0.0.1")
    assert "did not say whether the VM runs" in reading.notices[0]


# many


def walked(host: str, *paths: Path, exclude: tuple[str, ...] = ()) -> list[Candidate | UnreadableError]:
    place, _ = place_of(f"{host}/")
    return list(place.walk([str(one) for one in paths], exclude))


def names(found: list[Candidate | UnreadableError]) -> list[str]:
    return [one.path.rpartition("/")[2] for one in found]


def test_every_machine_below_a_folder_comes_with_its_neighbours(host: str, vm: Path, tmp_path: Path) -> None:
    (tmp_path / ".snapshot").mkdir()
    (tmp_path / ".snapshot" / "old.vmx").write_bytes(b"x")
    (tmp_path / "a.xml").write_bytes(b"<domain/>")
    (tmp_path / "skip").mkdir()
    (tmp_path / "skip" / "b.vmx").write_bytes(b"x")
    found = walked(host, tmp_path, exclude=("skip",))
    assert sorted(names(found)) == ["a.xml", "web01.vmx"]
    machine = next(one for one in found if one.path == str(vm))
    assert isinstance(machine, Candidate)
    away = pickle.loads(pickle.dumps(machine))
    assert away.source.read_bytes(away.path) == vm.read_bytes()
    assert away.source.read_head(f"{vm.parent}/web01.vmsd", 8) == b"snapshot"
    assert away.source.is_there(f"{vm.parent}/web01-flat.vmdk")
    with pytest.raises(MissingError):
        away.source.read_head(f"{vm.parent}/gone.vmdk", 8)
    assert away.address == f"{host}{vm}"


def test_disks_that_are_large_or_elsewhere_come_by_their_heads(host: str, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.vmdk"
    elsewhere.write_bytes(b"# Disk DescriptorFile\n")
    folder = tmp_path / "vms" / "a"
    folder.mkdir(parents=True)
    (folder / "a.vmdk").write_bytes(b"KDMV" + bytes(200_000))
    (folder / "a.vmx").write_text(
        f'scsi0:0.fileName = "a.vmdk"\nscsi0:1.fileName = "{elsewhere}"\nscsi0:2.fileName = "/none.vmdk"\n'
    )
    (only,) = walked(host, tmp_path / "vms")
    assert isinstance(only, Candidate)
    assert only.source.read_head(f"{folder}/a.vmdk", 4) == b"KDMV"
    assert only.source.read_head(str(elsewhere), 6) == b"# Disk"
    with pytest.raises(MissingError):
        only.source.read_head("/none.vmdk", 6)


def test_files_that_are_named_are_looked_into_and_roots_in_roots_once(
    host: str, vm: Path, tmp_path: Path
) -> None:
    assert names(walked(host, vm.parent, vm, tmp_path)) == ["web01.vmx"]
    (only,) = walked(host, vm)
    assert isinstance(only, Candidate)
    assert only.asked
    (missing,) = walked(host, tmp_path / "gone.vmx")
    assert isinstance(missing, MissingError)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["/a/b", "/a"], ["/a"]),
        (["/a", "/a/b", "/ab"], ["/a", "/ab"]),
        (["/"], ["/"]),
        (["/", "/x"], ["/"]),
        (["./vms", "./vms/a"], ["./vms"]),
    ],
)
def test_of_folders_in_each_other_theoutermost_is_walked(given: list[str], kept: list[str]) -> None:
    assert outermost(given) == kept


def test_a_link_to_a_machine_is_read_and_one_to_nothing_told(host: str, vm: Path, tmp_path: Path) -> None:
    folder = tmp_path / "links"
    folder.mkdir()
    (folder / "good.vmx").symlink_to(vm)
    (folder / "bad.vmx").symlink_to("nowhere")
    found = {one.path.rpartition("/")[2]: one for one in walked(host, folder)}
    assert isinstance(found["good.vmx"], Candidate)
    assert isinstance(found["bad.vmx"], MissingError)


def test_datastores_are_walked_by_their_names(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for uuid in ("6436-1", "6436-2"):
        (tmp_path / uuid / "vm").mkdir(parents=True)
        (tmp_path / uuid / "vm" / "vm.vmx").write_bytes(b"x")
    (tmp_path / "ds1").symlink_to("6436-1")
    monkeypatch.setattr("tui.storage.ssh.begun_walks.VOLUMES", str(tmp_path))
    assert sorted(one.path.removeprefix(f"{tmp_path}/") for one in walked(host, tmp_path)) == [
        "6436-2/vm/vm.vmx",
        "ds1/vm/vm.vmx",
    ]


def test_a_host_that_prints_rubbish_is_one_row(host: str, tmp_path: Path, tool: Tool) -> None:
    tool("find", "echo rubbish")
    (told,) = walked(host, tmp_path)
    assert isinstance(told, UnreadableError)
    assert told.kind is ErrorKind.GARBLED


def test_a_folder_that_cannot_be_listed_is_a_row_among_the_others(
    host: str, vm: Path, tmp_path: Path, tool: Tool
) -> None:
    tool("find", f'{BUSYBOX} find "$@"; echo "find: {tmp_path}/x: Permission denied" >&2')
    found = walked(host, tmp_path)
    assert names(found) == ["web01.vmx", "x"]
    assert isinstance(found[1], UnreadableError)
    assert found[1].kind is ErrorKind.NO_FOLDER_PERMISSION


def test_what_never_reached_its_host_was_not_saved_there(host: str, vm: Path) -> None:
    nobody = f"ssh://127.0.0.1:{free_port()}"
    reading = read(f"{host}{vm}")
    place = place_of(f"{nobody}/x")[0]
    for attempt in (
        lambda: place.write_new("/x.xml", b"x"),
        lambda: place.save(reading._replace(path=Location(place, str(vm))), b"x"),
    ):
        with pytest.raises(SaveError, match=r"ssh does not get in .*, so nothing was saved"):
            attempt()
