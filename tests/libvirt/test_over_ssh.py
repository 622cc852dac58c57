"""libvirt's session driver over SSH: one connection and one login for all that is done."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.libvirt.qemu import Session, need_qemu, session
from tests.storage.ssh.far_side import applets
from tests.storage.ssh.server import Server, server_in
from tui.storage import connect, place_of, read, save
from tui.storage.errors import ErrorKind
from tui.storage.libvirt.place import LibvirtPlace
from tui.storage.libvirt.shell import SHELLS
from tui.storage.libvirt.virsh import Virsh, VirshError

pytestmark = [pytest.mark.libvirt, pytest.mark.qemu, pytest.mark.sshd]
DOMAIN = """<domain type='qemu'><name>{name}</name><memory unit='MiB'>32</memory>
<os><type arch='x86_64' machine='q35'>hvm</type></os><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/img/{name}.qcow2'/>
<target dev='vda' bus='virtio'/></disk>
<graphics type='vnc' port='-1' passwd='geheim42'/></devices></domain>"""
# The far side's netcat, which libvirt calls: standard input and output to a socket.
NETCAT = """#!{python} -IS
import os, select, socket, sys
with socket.socket(socket.AF_UNIX) as there:
    there.connect(sys.argv[-1])
    while True:
        for one in select.select([0, there], [], [])[0]:
            data = os.read(0, 65536) if one == 0 else there.recv(65536)
            if not data:
                sys.exit()
            there.sendall(data) if one == 0 else os.write(1, data)
"""


@pytest.fixture(scope="module")
def daemon() -> Iterator[Session]:
    need_qemu()
    with session() as one:
        (one.images / "domain.xml").write_text(DOMAIN.format(name="web"))
        (one.images / "odd.xml").write_text(DOMAIN.format(name="odd ü"))
        one.own()
        one.ask(["define domain.xml", "define odd.xml"])
        yield one


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    tools = applets(tmp_path_factory.mktemp("tools"))
    (tools / "nc").write_text(NETCAT.format(python=sys.executable))
    (tools / "nc").chmod(0o755)
    with server_in(tmp_path_factory.mktemp("sshd"), tools) as one:
        yield one


@pytest.fixture
def logins(server: Server, tmp_path: Path) -> Path:
    """The ssh that libvirt is to run, and beside it a line for each run."""
    ssh = tmp_path / "ssh"
    ssh.write_text(
        f'#!/bin/sh\necho x >>{tmp_path}/logins\nexec {server.environment()["DISKMODE_SSH"]} "$@"\n'
    )
    ssh.chmod(0o755)
    (tmp_path / "logins").touch()
    return tmp_path / "logins"


@pytest.fixture
def uri(daemon: Session, server: Server, logins: Path) -> Iterator[str]:
    ssh = logins.with_name("ssh")
    socket = daemon.uri.partition("socket=")[2]
    yield f"qemu+ssh://127.0.0.1:{server.port}/session?socket={socket}&proxy=netcat&command={ssh}"
    SHELLS.end()


def test_all_that_is_done_goes_over_one_login(uri: str, logins: Path) -> None:
    place = connect(uri)
    assert isinstance(place, LibvirtPlace)
    assert place.names() == ["odd ü", "web"]
    assert len(list(place.walk([""]))) == 2
    reading = read(f"{uri} web")
    changed = reading.data.replace(b"<target dev='vda'", b"<transient/><target dev='vda'")
    saved = save(reading, changed)
    assert b"<transient/>" in saved.data
    assert read(f"{uri} web").data == saved.data
    taken = place.taking(["-c", uri, "snapshot-create", "web", "/dev/stdin"], b"<domainsnapshot><disks/>")
    assert (taken.status, taken.stderr.startswith("error: ")) == (1, True)
    assert place.taking(["-c", uri, "domstate", "web"], b"") == (b"shut off\n", "", 0)
    assert logins.read_text() == "x\n"
    whole = place.virsh.one("dumpxml", "--inactive", "--security-info", "--domain", "web")
    assert b"geheim42" in whole
    assert b"geheim42" not in saved.data


def test_a_name_with_other_letters_is_read_all_the_same(uri: str) -> None:
    connect(uri)
    there, path = place_of(f"{uri} odd ü")
    assert b"<name>odd \xc3\xbc</name>" in there.read(path).data


def test_what_virsh_does_not_know_is_refused_alone(uri: str) -> None:
    told = Virsh(uri).run(["list", "--name", "--all"], ["no-such-command"], ["domstate", "nobody"], ["uri"])
    assert b"web" in told[0].out
    assert "no-such-command" in told[1].error
    assert "nobody" in told[2].error
    assert told[3].out.startswith(b"qemu")


def test_a_connection_that_was_lost_is_made_again_for_what_only_reads(uri: str, logins: Path) -> None:
    virsh = Virsh(uri)
    assert b"web" in virsh.one("list", "--all", "--name")
    for (process, _), shell in SHELLS._open.items():
        assert process == os.getpid()
        shell._process.kill()
    assert b"web" in virsh.one("list", "--all", "--name")
    assert logins.read_text() == "x\nx\n"


def test_a_host_that_lets_nobody_in_is_asked_once_and_virsh_s_words_are_told(uri: str, logins: Path) -> None:
    logins.with_name("ssh").write_text(
        # What virsh sends is waited for: else it tells of its pipe, or of ssh, whichever is first.
        f"#!/bin/sh\necho x >>{logins}\ndd bs=1 count=1 of=/dev/null 2>/dev/null\n"
        "echo 'Permission denied (publickey).' >&2\nexit 255\n"
    )
    with pytest.raises(VirshError, match=r"Permission denied") as caught:
        Virsh(uri).run(["list"], ["uri"], ["version"])
    assert caught.value.kind is ErrorKind.NOT_LET_IN
    assert logins.read_text() == "x\n"


def test_a_host_that_falls_silent_is_given_up(uri: str, logins: Path) -> None:
    logins.with_name("ssh").write_text("#!/bin/sh\nexec sleep 100\n")
    with pytest.raises(VirshError, match="said nothing"):
        Virsh(uri, seconds=0.5).run(["list"])
    assert not SHELLS._open
