"""The commands and the session on files of other hosts: over a real sshd, and over stand-ins for ssh."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.helpers import run
from tests.storage.ssh.far_side import FarSide
from tests.storage.ssh.server import Server
from tui.app.fleet.fleet_paths import FleetPaths
from tui.app.fleet.scan import Batch, Scan
from tui.editing import PolicyChange
from tui.history.file_names import called, real_file
from tui.history.journal import Journal
from tui.session import (
    Choices,
    Notice,
    NoticeKind,
    Question,
    QuestionKind,
    Reply,
    Session,
    Work,
    open_reading,
)
from tui.storage import ErrorKind, UnreadableError, ending_waits, place_of, read
from tui.storage.ssh.connections import CONNECTIONS
from tui.storage.ssh.place import SshPlace
from tui.storage.ssh.scripts import FIND, SMALL, VOLUMES

VMX = b"""config.version = "8"
virtualHW.version = "19"
displayName = "web01"
vmci0.present = "TRUE"
scsi0.present = "TRUE"
scsi0:0.present = "TRUE"
scsi0:0.fileName = "web01.vmdk"
"""
DESCRIPTOR = b'# Disk DescriptorFile\nversion=1\nparentCID=ffffffff\ncreateType="vmfs"\nRW 2048 VMFS "f"\n'
VIM = """case "$1 ${2-}" in
"vmsvc/getallvms ") echo "12 web01 [ds1] web01/web01.vmx ubuntu64Guest vmx-20" ;;
"vmsvc/power.getstate 12") echo "Retrieved runtime info"; dd if=STATE 2>/dev/null ;;
"vmsvc/snapshot.get 12") echo "Get Snapshot:" ;;
"vmsvc/reload 12") echo "reloaded" ;;
esac"""
Tool = Callable[[str, str], None]


@pytest.fixture
def vmx(tmp_path: Path) -> Path:
    path = tmp_path / "volumes" / "uuid" / "web01" / "web01.vmx"
    path.parent.mkdir(parents=True)
    path.write_bytes(VMX)
    path.with_suffix(".vmdk").write_bytes(DESCRIPTOR)
    (tmp_path / "volumes" / "ds1").symlink_to("uuid")
    return path


@pytest.fixture
def esxi(vmx: Path, server: Server, tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the host's vim-cmd finds the power state of the machine."""
    state = tmp_path / "state"
    state.write_text("Powered off\n")
    monkeypatch.setattr("tui.storage.ssh.neighbours.VOLUMES", str(tmp_path / "volumes"))
    tool("vim-cmd", VIM.replace("STATE", str(state)))
    return state


@pytest.mark.sshd
def test_a_file_on_a_host_is_shown_changed_and_put_back_as_a_local_one(host: str, vmx: Path) -> None:
    address = f"{host}{vmx}"
    shown = json.loads(run("show", "--json", address).out)
    assert (shown["file"], shown["host"], shown["disks"][0]["participates"]) == (address, None, True)
    done = run("set", address, "scsi0:0", "--no-snapshot")
    assert done.status == 0, done.err
    assert "not confirmed by the host's disk" in done.err
    assert vmx.read_bytes() == VMX + b'scsi0:0.mode = "independent-persistent"\n'
    assert address in json.loads(run("history", "--json").out)["changes"][0]["files"][0]["file"]
    assert run("undo", "--last", "--yes").status == 0
    assert vmx.read_bytes() == VMX
    xml = vmx.with_suffix(".xml")
    assert run("convert", address, "--to", "xml", "-o", f"{host}{xml}").status == 0
    assert xml.read_bytes().startswith(b"<domain")
    taken = run("convert", address, "--to", "xml", "-o", f"{host}{xml}")
    assert taken.status == 2
    assert "--force" in taken.err


@pytest.mark.sshd
def test_many_on_a_host_are_audited_and_changed_like_local_ones(host: str, vmx: Path, tmp_path: Path) -> None:
    folder = f"{host}{tmp_path}/volumes/uuid"
    assert [one["file"] for one in audited(folder)["results"]] == [f"{host}{vmx}"]
    assert run("set", "--each", folder, "--where", "disk:scsi0:0", "--no-snapshot", "--yes").status == 0
    assert vmx.read_bytes() != VMX
    assert run("undo", "--last", "--yes").status == 0
    assert vmx.read_bytes() == VMX


@pytest.mark.sshd
def test_what_is_not_meant_on_a_host_is_not_read_again(
    host: str, vmx: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> object:
        raise AssertionError("it is read once more")

    monkeypatch.setattr("tui.storage.ssh.neighbours.look", never)
    done = run("set", "--each", f"{host}{tmp_path}", "--where", "vm:other", "--no-snapshot", "--dry-run")
    assert (done.status, "0 files would change" in done.err) == (0, True), done.err


@pytest.mark.sshd
def test_a_machine_that_its_host_runs_is_not_changed_and_a_reload_s_answer_is_shown(
    host: str, vmx: Path, esxi: Path, tool: Tool
) -> None:
    address = f"{host}{vmx}"
    esxi.write_text("Powered on\n")
    refused = run("set", address, "scsi0:0", "--no-snapshot")
    assert refused.status == 3
    assert "is running (host)" in refused.err
    insisted = run("set", address, "scsi0:0", "--no-snapshot", "--override", "in-use")
    assert insisted.status == 3
    assert "--override in-use does not count here" in insisted.err
    assert vmx.read_bytes() == VMX
    esxi.write_text("Powered off\n")
    assert "Its host says: off." in run("show", address).text
    done = run("set", address, "scsi0:0", "--no-snapshot", "--reload")
    assert 'read it again: vim-cmd says "reloaded"' in done.err
    hinted = run("set", address, "scsi0:0", "--snapshot")
    assert "vim-cmd vmsvc/reload 12" in hinted.err
    tool("vim-cmd", VIM.replace('echo "12 ', 'echo "11 old [ds1] web01/web01.vmx"; echo "12 '))
    of_two = run("set", address, "scsi0:0", "--no-snapshot", "--reload")
    assert (of_two.status, "does not say whose file it is" in of_two.err) == (2, True), of_two.err


@pytest.mark.sshd
@pytest.mark.usefixtures("esxi")
def test_a_change_is_found_by_the_datastore_s_name_and_its_undo_tells_of_the_reload(
    host: str, vmx: Path, tmp_path: Path
) -> None:
    """On ESXi each datastore's name is a link to its UUID."""
    store = f"{host}{tmp_path}/volumes/ds1"
    address = f"{store}/web01/web01.vmx"
    assert run("set", address, "scsi0:0", "--no-snapshot").status == 0
    for place in (store, address, f"{host}{vmx}"):
        changes = json.loads(run("history", place, "--json").out)["changes"]
        assert [len(one["files"]) for one in changes] == [1], place
    assert not json.loads(run("history", f"{store}/web", "--json").out)["changes"]
    done = run("undo", address, "--yes")
    assert (done.status, vmx.read_bytes()) == (0, VMX)
    assert f"{address}: " in done.err
    assert "vim-cmd vmsvc/reload 12" in done.err
    changes = json.loads(run("history", store, "--json").out)["changes"]
    assert [one["state"] for one in changes] == ["done", "undone"]


@pytest.mark.sshd
@pytest.mark.usefixtures("esxi")
def test_a_host_reads_again_what_many_changes_and_an_undo_saved(
    host: str, vmx: Path, tmp_path: Path, tool: Tool
) -> None:
    folder = f"{host}{tmp_path}/volumes"
    change = ("set", "--each", folder, "--where", "vm:web01", "--no-snapshot", "--yes")
    assert "goes by the old text until" in run(*change).err
    done = run("undo", "--last", "--yes", "--reload")
    assert (done.status, 'read it again: vim-cmd says "reloaded"' in done.err) == (0, True), done.err
    done = run(*change, "--reload")
    assert (done.status, 'read it again: vim-cmd says "reloaded"' in done.err) == (0, True), done.err
    done = run("set", f"{host}{vmx}", "scsi0:0", "--no-snapshot", "--reload")
    assert (done.status, "nothing to change" in done.err) == (0, True)
    assert "read it again" in done.err
    tool("vim-cmd", VIM.replace('echo "reloaded"', "echo fault; exit 1"))
    done = run("undo", "--last", "--yes", "--reload")
    assert (done.status, vmx.read_bytes()) == (2, VMX)
    assert "did not read it again: vim-cmd vmsvc/reload 12 failed (fault)" in done.err
    assert "1 file put back, 1 not read again by the host" in done.err
    done = run(*change, "--reload")
    assert done.status == 2
    assert "1 file changed, 1 file not read again by the host" in done.err
    done = run("set", f"{host}{vmx}", "scsi0:0", "--snapshot", "--reload")
    assert done.status == 2


def test_a_reload_is_for_what_is_saved_on_hosts(vmx: Path) -> None:
    change = ("set", "--each", "--where", "*", "--no-snapshot", "--reload")
    done = run(*change, "--yes", vmx)
    assert (done.status, "--reload is for files on ESXi hosts" in done.err) == (2, True)
    done = run(*change, "--dry-run", "ssh://far/vm")
    assert (done.status, "leave out --dry-run" in done.err) == (2, True)
    assert vmx.read_bytes() == VMX


def test_a_reload_wants_a_host_that_knows_the_machine(vmx: Path) -> None:
    refused = run("set", vmx, "scsi0:0", "--no-snapshot", "--reload")
    assert refused.status == 2
    assert "no ESXi host" in refused.err
    assert vmx.read_bytes() == VMX


@pytest.mark.sshd
def test_a_session_saves_and_has_the_host_read_the_file_again(host: str, vmx: Path, esxi: Path) -> None:
    session = open_reading(read(f"{host}{vmx}"), Choices())
    assert isinstance(session, Session)
    look = session.read_beside()
    session.beside_read(look, look.run())
    session.editing.make(PolicyChange(snapshot=False), [0])
    asked = session.save()
    assert isinstance(asked, Question)
    assert asked.replies == (Reply.SAVE, Reply.SAVE_AND_RELOAD)
    work = session.answered(asked, Reply.SAVE_AND_RELOAD)
    assert isinstance(work, Work)
    saved = session.finished(work, work.run())
    assert isinstance(saved, Notice)
    assert saved.kind is NoticeKind.SAVED
    assert saved.doubt == (
        'Not confirmed by the host\'s disk. The host 127.0.0.1 read it again: vim-cmd says "reloaded".'
    )
    assert vmx.read_bytes() != VMX
    esxi.write_text("Powered on\n")
    session.editing.make(PolicyChange(snapshot=True), [0])
    asked = session.save()
    assert isinstance(asked, Question)
    work = session.answered(asked, Reply.SAVE)
    assert isinstance(work, Work)
    refused = session.finished(work, work.run())
    assert isinstance(refused, Question)
    assert refused.kind is QuestionKind.REFUSED
    assert "is running (host)" in refused.about


# Stand-ins for ssh


def audited(*words: str) -> dict[str, Any]:
    """The report of an audit."""
    report: dict[str, Any] = json.loads(run("audit", "--format", "json", "--fail-on", "never", *words).out)
    return report


def unread(report: dict[str, Any]) -> dict[str, str]:
    """The kind of each place that could not be read."""
    return {one["file"]: one["error"] for one in report["results"] if one["kind"] == "unread"}


_STAND_IN = """#!/bin/sh
while [ "$1" != -- ]; do shift; done
case $2 in
dead*) echo "ssh: connect to host $2 port 22: Connection timed out" >&2; exit 255 ;;
locked*) echo "root@$2: Permission denied (publickey)." >&2; exit 255 ;;
silent*) exec sleep 30 ;;
mad*) echo "Welcome to the appliance"; exit 0 ;;
bare*) echo "sh: not found" >&2; exit 127 ;;
esac
exec cat {answer}
"""


@pytest.fixture
def hosts(far: FarSide, vmx: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Any number of hosts that answer a walk alike; the folder on each. Others are dead, silent or mad."""
    root = str(vmx.parent.parent)
    done = far.run(FIND, str(SMALL // 512 + 1), "131073", VOLUMES, "20", root)
    assert done.returncode == 0
    (tmp_path / "answer").write_bytes(done.stdout)
    stand_in = tmp_path / "ssh"
    stand_in.write_text(_STAND_IN.format(answer=tmp_path / "answer"))
    stand_in.chmod(0o755)
    CONNECTIONS.close()
    monkeypatch.setenv("DISKMODE_SSH", str(stand_in))
    return root


def test_of_300_hosts_the_40_that_are_dead_are_rows_with_the_reason(hosts: str) -> None:
    names = [f"{'dead' if number % 15 in (3, 9) else 'esxi'}{number:03}" for number in range(300)]
    addresses = [f"ssh://{name}{hosts}" for name in names]
    report = audited("--hosts-at-once", "16", *addresses)
    dead = {f"ssh://{name}" for name in names if name.startswith("dead")}
    assert len(dead) == 40
    assert unread(report) == dict.fromkeys(dead, "unreachable")
    assert report["totals"]["machines"] == 260
    told = run("audit", "--keep-going", "--fail-on", "never", *addresses[:5])
    assert told.status == 0
    assert "Connection timed out" in " ".join(told.text.split())
    assert run("audit", "--fail-on", "never", *addresses[:5]).status == 2


def test_a_fleet_s_scan_tells_how_many_hosts_are_done(hosts: str) -> None:
    scan = Scan(FleetPaths(tuple(f"ssh://esxi{number}{hosts}" for number in range(3)), workers=1))
    batches: list[Batch] = []
    scan.run(batches.append)
    assert scan.hosts == (3, 3)
    assert sum(batch.files for batch in batches) == 3


def test_hosts_that_are_silent_mad_or_locked_say_so(
    hosts: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[ssh]\nsilence = 1\n")
    monkeypatch.setenv("DISKMODE_CONFIG", str(config))
    addresses = [f"ssh://{name}{hosts}" for name in ("silent1", "mad1", "locked1", "esxi1")]
    report = audited(*addresses)
    assert unread(report) == {
        "ssh://silent1": "silent",
        "ssh://mad1": "garbled",
        "ssh://locked1": "not-let-in",
    }
    assert report["totals"]["machines"] == 1
    (bare,) = audited(f"ssh://bare1{hosts}")["results"]
    assert (bare["error"], "it says: sh: not found" in bare["reason"]) == ("garbled", True)


def test_a_walk_that_is_to_stop_waits_no_longer_for_a_silent_host(hosts: str) -> None:
    place, path = place_of(f"ssh://silent1{hosts}")
    with ending_waits() as end:
        end()
        (told,) = place.walk([path])
    assert isinstance(told, UnreadableError)
    assert told.kind is ErrorKind.UNREACHABLE


def test_a_host_that_could_not_be_reached_is_not_waited_for_again(hosts: str, tmp_path: Path) -> None:
    place, path = place_of(f"ssh://dead1{hosts}")
    assert isinstance(place, SshPlace)
    CONNECTIONS.connect([place.host])
    (tmp_path / "ssh").unlink()
    (told,) = place.walk([path])
    assert isinstance(told, UnreadableError)
    assert "Connection timed out" in told.what


@pytest.mark.parametrize("command", [("show",), ("set", "--no-snapshot", "all")], ids=str)
def test_a_dead_host_is_a_sentence_and_an_exit_status(hosts: str, command: tuple[str, ...]) -> None:
    name, *options = command
    done = run(name, f"ssh://dead1{hosts}/web01/web01.vmx", *options)
    assert done.status == 2
    assert "ssh does not get in (ssh: connect to host dead1 port 22: Connection timed out)" in done.err


def test_an_address_that_names_no_host_is_refused_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISKMODE_SSH", "/no/such/program")
    for address in ("ssh://-oProxyCommand=x/y", "ssh://$(x)/y", "ssh:///y"):
        assert "it names no host" in run("show", address).err
        assert run("audit", address).status == 2


@pytest.mark.parametrize(
    "words",
    [
        ("history", "ssh://h"),
        ("show", "ssh://h"),
        ("convert", "FILE", "--to", "xml", "-o", "ssh://h"),
        ("set", "FILE", "all", "--no-snapshot", "-o", "ssh://h", "--force"),
        ("set", "--each", "ssh://h", "--where", "*", "--no-snapshot", "--yes"),
    ],
    ids=lambda words: words[0],
)
def test_a_host_without_a_path_is_told_what_can_be_written_behind_it(
    words: tuple[str, ...], vmx: Path
) -> None:
    done = run(*(str(vmx) if word == "FILE" else word for word in words))
    assert done.status == 2
    assert "ssh://h/vmfs/volumes on ESXi, ssh://h/~/ for the home folder" in done.err


def test_an_address_of_another_kind_is_told_how_it_is_given() -> None:
    assert "is written ssh://root@esxi01" in run("show", "sftp://h/x.vmx").err
    assert "given by -c URI" in run("show", "xen:///system").err
    assert "without file:" in run("show", "file:///x.vmx").err


@pytest.mark.sshd
def test_unsaved_edits_and_a_folder_are_found_by_every_spelling_of_an_address(
    host: str, vmx: Path, tmp_path: Path
) -> None:
    named = read(f"{host}{tmp_path}/volumes/ds1/web01/web01.vmx")
    journal = Journal(real_file(named), named.data, called(named))
    journal.edited(named.data, named.data + b"# edited\n")
    journal.flush()
    for place in (named.path, f"{host}{vmx.parent}/", f"{host.upper()}/{tmp_path}/x/../volumes/ds1"):
        unsaved = json.loads(run("history", str(place), "--json").out)["unsaved"]
        assert [one["edits"] for one in unsaved] == [1], place
    assert not json.loads(run("history", f"{host}{tmp_path}/volumes/ds", "--json").out)["unsaved"]
    escaped = run("show", f"{host}{tmp_path}/volumes%20/x.vmx")
    assert f"perhaps {host}{tmp_path}/volumes /x.vmx is meant" in escaped.err
    assert "it is a folder" in run("show", f"{host}{tmp_path}").err


def test_files_of_this_computer_load_nothing_that_hosts_need(vmx: Path) -> None:
    script = (
        "import sys; from tui.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print([one for one in sys.modules if one.startswith('tui.storage.ssh') or one == 'subprocess'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "show", str(vmx)], capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("\n[]\n")


@pytest.mark.sshd
def test_an_audit_tells_what_runs_and_which_host_did_not_say(host: str, vmx: Path, tool: Tool) -> None:
    tool("esxcli", f"echo '   Config File: {vmx}'")
    done = run("audit", f"{host}{vmx.parent}", "--fail-on", "never")
    assert "the VM is running (host)" in done.text
    assert "did not say" not in done.err
    tool("esxcli", "exit 1")
    done = run("audit", f"{host}{vmx.parent}", "--fail-on", "never")
    assert "running" not in done.text
    assert "127.0.0.1 did not say which of its VMs run" in done.err


def test_the_host_of_an_audit_is_called_before_the_command_line_is_loaded(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys\n"
        "def called(*words, **_):\n"
        "    print(sorted({'click', 'tui.cli', 'tui.rules', 'tui.formats'} & set(sys.modules)))\n"
        "    raise OSError(2, 'gone')\n"
        "subprocess.Popen = called\n"
        "from tui.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "audit", "ssh://far/vm", "--exclude", "x"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path)},
    )
    assert done.stdout.splitlines()[0] == "[]"
    assert done.returncode == 2
    assert "ssh cannot be run (gone)" in done.stdout
