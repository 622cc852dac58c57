"""A host's address, and the connection to it, over a real sshd."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.storage.ssh.server import Server, free_port
from tui.storage.errors import ErrorKind
from tui.storage.ssh.connection import Connection
from tui.storage.ssh.connections import Connections
from tui.storage.ssh.host import Host, HostError, host_and_path
from tui.storage.ssh.scripts import Script

ECHO = Script("echo", "dd 2>/dev/null")
sshd = pytest.mark.sshd


@pytest.mark.parametrize(
    ("address", "host", "path"),
    [
        ("ssh://root@esxi01/vmfs/a.vmx", Host("esxi01", "root"), "/vmfs/a.vmx"),
        ("ssh://esxi01:2222/vmfs/a b?#%20.vmx", Host("esxi01", None, 2222), "/vmfs/a b?#%20.vmx"),
        ("ssh://Lab-Alias/x", Host("Lab-Alias"), "/x"),
        ("ssh://[fe80::1]:22/x", Host("fe80::1", None, 22), "/x"),
        ("ssh://[fe80::1%25eth0]/x", Host("fe80::1%eth0"), "/x"),
        ("SSH://kvm1:/x", Host("kvm1"), "/x"),
        ("ssh://LAB\\admin@kvm1/x", Host("kvm1", "LAB\\admin"), "/x"),
        ("ssh://admin@lab.example@kvm1/a@b:c", Host("kvm1", "admin@lab.example"), "/a@b:c"),
        ("ssh://admin%40lab@kvm1/", Host("kvm1", "admin@lab"), "/"),
        ("ssh://kvm1/~/vms", Host("kvm1"), "./vms"),
        ("ssh://kvm1/~", Host("kvm1"), "./"),
    ],
)
def test_an_address_is_a_host_and_a_path(address: str, host: Host, path: str) -> None:
    assert host_and_path(address) == (host, path)


@sshd
def test_a_changed_host_key_is_told_by_where_the_old_one_stands(tmp_path: Path, server: Server) -> None:
    """OpenSSH says that after a page of warning, of which only so much is shown."""
    public = (server.folder / "key.pub").read_text().split()
    known = tmp_path / "known_hosts"
    known.write_text(f"far {public[0]} {public[1]}\n")
    ssh = server.environment()["DISKMODE_SSH"].replace(f"{server.folder}/known_hosts", str(known))
    with pytest.raises(HostError) as caught:
        Connections({"DISKMODE_SSH": ssh}).to(host_and_path(f"{server.address}/x")[0])
    assert caught.value.kind is ErrorKind.NOT_LET_IN
    assert f"{known}:1" in caught.value.what
    assert "WARNING" not in caught.value.what


@pytest.mark.parametrize(
    "address",
    [
        "ssh://",
        "ssh:///x",
        "ssh://-oProxyCommand=x/y",
        "ssh://a b/x",
        "ssh://h:x/y",
        "ssh://h:0/y",
        "ssh://h:65536/y",
        pytest.param(f"ssh://h:{'9' * 5000}/y", id="port of 5000 digits"),
        "ssh://h:\u0663/y",
        "ssh://[::1/y",
        "ssh://h]/y",
        "ssh://h?x/y",
        "ssh://-l@h/x",
        "ssh://us er@h/x",
    ],
)
def test_what_is_no_address_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(HostError, match="ssh://root@esxi01"):
        host_and_path(address)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("ssh://root@h", "it names no file or folder; write one: ssh://root@h/vmfs/volumes on ESXi"),
        ("ssh://fe80::1/x", r"an IPv6 address stands in brackets; write ssh://\[fe80::1\]"),
        ("ssh://h/~root/x", "~root; write the whole path"),
        ("ssh://h:99999/x", "its port, 99999, is no number from 1 to 65535"),
    ],
)
def test_an_address_is_refused_with_what_is_wrong_in_it(address: str, told: str) -> None:
    with pytest.raises(HostError, match=told):
        host_and_path(address)


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(HostError) as refused:
        host_and_path("ssh://root:secret@esxi01/x")
    assert "secret" not in str(refused.value)


@sshd
def test_bytes_go_there_and_back(server: Server, connections: Connections) -> None:
    host, _ = host_and_path(f"{server.address}/")
    data = bytes(range(256)) * 5000
    answer = connections.to(host).run(ECHO, data=data, most=len(data))
    assert (answer.status, answer.data) == (0, data)


@sshd
def test_arguments_arrive_as_they_are(server: Server, connections: Connections) -> None:
    host, _ = host_and_path(f"{server.address}/")
    odd = ["a b", "it's", '"', "$(touch x)", "`x`", "\n", "*", "", "-n", "ü", "\\"]
    answer = connections.to(host).run(Script("args", 'for a; do printf "<%s>" "$a"; done'), *odd, most=1000)
    assert answer.data.decode() == "".join(f"<{one}>" for one in odd)


@sshd
def test_more_than_was_asked_for_is_refused(server: Server, connections: Connections) -> None:
    host, _ = host_and_path(f"{server.address}/")
    with pytest.raises(HostError, match="more than was asked"):
        connections.to(host).run(ECHO, data=bytes(100_000), most=1000)


@sshd
def test_a_host_that_says_nothing_is_given_up(
    server: Server, connections: Connections, tmp_path: Path
) -> None:
    host, _ = host_and_path(f"{server.address}/")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    connection = connections.to(host)
    connection.limits = connection.limits._replace(silence=1)
    with pytest.raises(HostError, match="said nothing"):
        connection.run(Script("wait", 'exec dd "if=$1"'), str(pipe), most=10)
    os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))  # which lets it go
    connection.limits = connection.limits._replace(silence=60)
    late = connection.run_patiently(Script("late", "sleep 0.3; printf x"), most=10, seconds=0.1)
    assert (late.data, late.cut) == (b"x", False)
    left = connection.run_patiently(Script("left", "printf x; exec sleep 9"), most=10, seconds=0.1)
    assert (left.data, left.cut) == (b"x", True)


@sshd
def test_a_connection_that_ends_is_said(server: Server, connections: Connections) -> None:
    host, _ = host_and_path(f"{server.address}/")
    with pytest.raises(HostError, match="the connection ended"):
        connections.to(host).run(Script("end", "kill -9 $PPID"), most=10)


@sshd
def test_a_changed_host_key_is_ssh_s_refusal(server: Server, tmp_path: Path) -> None:
    environment = server.environment()
    known = tmp_path / "known"
    known.write_text((server.folder / "key.pub").read_text().replace("ssh-ed25519", "far ssh-ed25519", 1))
    environment["DISKMODE_SSH"] = environment["DISKMODE_SSH"].replace(
        f"{server.folder}/known_hosts", str(known)
    )
    refused = Connections(environment)
    host, _ = host_and_path(f"{server.address}/")
    with pytest.raises(HostError, match=r"(?i)host key|identification"):
        refused.to(host)
    refused.close()


@sshd
def test_a_host_that_is_down_is_said_in_ssh_s_words(server: Server) -> None:
    down = Connections(server.environment())
    with pytest.raises(HostError, match="refused"):
        down.to(Host("127.0.0.1", None, free_port()))
    down.close()


def test_without_openssh_its_name_is_said() -> None:
    missing = Connections({"DISKMODE_SSH": "no-such-ssh"})
    with pytest.raises(HostError, match="install OpenSSH"):
        missing.to(Host("esxi01"))
    missing.close()


@sshd
def test_nothing_is_left_of_the_connections(server: Server) -> None:
    opened = Connections(server.environment())
    host, _ = host_and_path(f"{server.address}/")
    folder = Path(opened.to(host).folder)
    assert folder.stat().st_mode & 0o077 == 0
    opened.close()
    assert not folder.exists()


def test_a_signal_ends_a_command_by_its_common_way_out_where_it_is_not_ignored() -> None:
    from tui.cli.interrupts import end_tidily  # noqa: PLC0415

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        end_tidily()
        with pytest.raises(SystemExit) as ended:
            signal.raise_signal(signal.SIGTERM)
        assert ended.value.code == 128 + signal.SIGTERM
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_a_program_that_is_no_command_is_told_of() -> None:
    with pytest.raises(HostError, match="DISKMODE_SSH is no command"):
        Connections({"DISKMODE_SSH": "ssh -i 'key"}).alone(Host("esxi01"))


def test_a_login_that_has_ended_is_not_called_one_that_never_worked() -> None:
    connection = Connection(Host("esxi01"), ["ssh"], "/tmp")
    assert connection.not_let_in("Permission denied").remedy == "try `ssh -- esxi01` yourself"
    with subprocess.Popen(["true"]) as shared:
        shared.wait()
    connection._shared = shared
    assert "start diskmode again" in connection.not_let_in("Permission denied").remedy


def test_who_waits_for_many_hosts_is_told_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.storage.ssh.connections._SOON", 0.01)
    opened = Connections({"DISKMODE_SSH": "sh -c 'sleep 0.3; exit 255' --"})
    told: list[list[str]] = []
    opened.connect([Host("esxi01"), Host("esxi02", port=2222)], lambda hosts: told.append(list(hosts)))
    assert told == [["ssh://esxi01", "ssh://esxi02:2222"]]
    opened.connect([Host("esxi01"), Host("esxi02", port=2222)], lambda hosts: told.append(list(hosts)))
    assert len(told) == 1, "those that failed a moment ago let nobody wait"
