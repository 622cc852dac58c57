"""Fixtures of the far side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.storage.ssh.far_side import FarSide, applets
from tests.storage.ssh.server import Server, server_in
from tui.storage.ssh.connections import CONNECTIONS, Connections

Tool = Callable[[str, str], None]


@pytest.fixture
def far(tmp_path_factory: pytest.TempPathFactory) -> FarSide:
    return FarSide(applets(tmp_path_factory.mktemp("applets")))


@pytest.fixture
def vm(tmp_path: Path) -> Path:
    """A machine with a descriptor, a record of snapshots and a large disk, in a folder with an odd name."""
    folder = tmp_path / "web 01's\n$(x)"
    folder.mkdir()
    path = folder / "web01.vmx"
    path.write_bytes(b'scsi0:0.present = "TRUE"\n')
    (folder / "web01.vmdk").write_bytes(b"# Disk DescriptorFile\n")
    (folder / "web01.vmsd").write_bytes(b'snapshot.numSnapshots = "1"\n')
    (folder / "web01-flat.vmdk").write_bytes(bytes(200_000))
    return path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One sshd for all tests."""
    with server_in(tmp_path_factory.mktemp("sshd"), applets(tmp_path_factory.mktemp("tools"))) as one:
        yield one
        CONNECTIONS.close()


@pytest.fixture
def connections(server: Server) -> Iterator[Connections]:
    """Connections to it, ended behind the test."""
    opened = Connections(server.environment())
    yield opened
    opened.close()


@pytest.fixture
def host(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the host, as the program reaches it: by one connection for all tests."""
    monkeypatch.setenv("DISKMODE_SSH", server.environment()["DISKMODE_SSH"])
    return server.address


@pytest.fixture
def tool(server: Server) -> Iterator[Tool]:
    """Other programs on the host, and others in the place of its own; as they were behind the test."""
    made: list[Path] = []

    def make(name: str, text: str) -> None:
        path = server.tools / name
        if path.is_symlink():
            path.rename(server.tools / f"own-{name}")
        path.write_text(f"#!{server.tools}/sh\n{text}\n")
        path.chmod(0o755)
        made.append(path)

    yield make
    for one in dict.fromkeys(made):
        one.unlink()
        if (own := server.tools / f"own-{one.name}").is_symlink():
            own.rename(one)
