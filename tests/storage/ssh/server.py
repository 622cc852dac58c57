"""An sshd of the test's own on 127.0.0.1, with keys of its own; its far side finds busybox's applets only."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
KEYGEN = shutil.which("ssh-keygen")


def needs_sshd() -> None:
    """Skip where there is no sshd; under CI that fails."""
    if SSHD is None or KEYGEN is None or shutil.which("ssh") is None:
        if os.environ.get("CI"):
            pytest.fail("OpenSSH is missing, and CI installs it")
        pytest.skip("OpenSSH (ssh, sshd, ssh-keygen) is not installed")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Server:
    """What a test knows of a running sshd."""

    def __init__(self, folder: Path, port: int, tools: Path) -> None:
        self.folder = folder
        self.port = port
        self.tools = tools

    @property
    def address(self) -> str:
        return f"ssh://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """What lets diskmode in: ssh with our own key and known hosts, and nobody's configuration."""
        known = self.folder / "known_hosts"
        options = (
            f"-F none -i {self.folder}/key -o IdentitiesOnly=yes -o UserKnownHostsFile={known} "
            f"-o GlobalKnownHostsFile=none -o HostKeyAlias=far -o StrictHostKeyChecking=yes"
        )
        return {"DISKMODE_SSH": f"ssh {options}"}


def _key(path: Path) -> None:
    subprocess.run(
        [str(KEYGEN), "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True, capture_output=True
    )


@contextmanager
def server_in(folder: Path, tools: Path) -> Iterator[Server]:
    """An sshd whose keys and settings lie in ``folder``; ``tools`` is all of the far side's PATH."""
    needs_sshd()
    folder.chmod(0o700)
    _key(folder / "key")
    _key(folder / "host_key")
    public = (folder / "host_key.pub").read_text().split()
    (folder / "known_hosts").write_text(f"far {public[0]} {public[1]}\n")
    shutil.copy(folder / "key.pub", folder / "authorized_keys")
    (folder / "authorized_keys").chmod(0o600)
    (folder / "far_shell").write_text(
        f"#!/bin/sh\nPATH={tools}; export PATH; unset LANG LC_ALL\n"
        f'exec {tools}/sh -c "$SSH_ORIGINAL_COMMAND"\n'
    )
    (folder / "far_shell").chmod(0o755)
    port = free_port()
    (folder / "sshd_config").write_text(
        f"""Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile {folder}/pid
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
MaxSessions 40
ForceCommand {folder}/far_shell
"""
    )
    if os.geteuid() == 0:  # where it separates its privileges
        Path("/run/sshd").mkdir(exist_ok=True)
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen([str(SSHD), "-D", "-e", "-f", str(folder / "sshd_config")], stderr=log)
    try:
        _wait_for(port, daemon, folder / "log")
        yield Server(folder, port, tools)
    finally:
        daemon.terminate()
        daemon.wait(10)


def _wait_for(port: int, daemon: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if daemon.poll() is not None:
            raise AssertionError(f"sshd ended: {log.read_text()}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"sshd does not listen; {sys.platform}: {log.read_text()}")
