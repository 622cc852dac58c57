"""The program reaches for no network, runs no other program, and takes no data for code."""

from __future__ import annotations

import ast
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.helpers import copied, seated
from tests.cli.helpers import SAMPLES, run

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "tui").rglob("*.py"))
NETWORKING = {
    *("socket", "ssl", "http", "urllib", "ftplib", "smtplib", "poplib", "imaplib", "telnetlib", "xmlrpc"),
    *("socketserver", "webbrowser", "requests", "httpx", "aiohttp", "socks"),
}
CODE_FROM_DATA = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "code", "codeop", "runpy", "imp"}
PROGRAMS = {"subprocess", "pty", "popen2", "commands"}
# Two modules run one program each, ssh and virsh, and only for an address that names a host: no shell of this
# computer is between, and no word of a file or a host becomes a part of what is run.
# The last asks programs for their versions.
MAY_RUN = {"tui/storage/ssh/connection.py", "tui/storage/libvirt/virsh.py", "tui/cli/doctor_facts.py"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
FORBIDDEN_METHODS = {
    *("system", "popen", "fork", "forkpty", "execv", "execve", "execvp", "execvpe", "execl", "execlp"),
    *("spawnv", "spawnve", "spawnvp", "spawnl", "spawnlp", "posix_spawn", "posix_spawnp", "startfile"),
    *("getaddrinfo", "create_connection", "urlopen", "XInclude", "xinclude", "XSLT"),
}


class NetworkError(AssertionError):
    """Somebody reached for the network."""


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Sockets of this machine's own kind (asyncio wakes its loop by a pair of them), and no others."""
    tried: list[str] = []
    honest = socket.socket

    class Denied(honest):  # type: ignore[misc, valid-type]
        def __init__(self, family: int = -1, *arguments: Any, **options: Any) -> None:
            if family != socket.AF_UNIX:
                tried.append(f"socket {family}")
                raise NetworkError(tried[-1])
            super().__init__(family, *arguments, **options)

        def connect(self, address: Any) -> None:
            tried.append(f"connect {address}")
            raise NetworkError(tried[-1])

    def deny(*arguments: Any, **_: Any) -> Any:
        tried.append(f"look-up {arguments}")
        raise NetworkError(tried[-1])

    monkeypatch.setattr(socket, "socket", Denied)
    for name in ("getaddrinfo", "gethostbyname", "create_connection", "create_server"):
        monkeypatch.setattr(socket, name, deny)
    monkeypatch.setattr(subprocess, "Popen", deny)
    monkeypatch.setattr(os, "system", deny)
    yield tried
    assert not tried


def test_the_denial_denies(no_network: list[str]) -> None:
    with pytest.raises(NetworkError):
        socket.socket(socket.AF_INET)
    with pytest.raises(NetworkError):
        socket.create_connection(("127.0.0.1", 1))
    assert len(no_network) == 2
    no_network.clear()


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("show", "esxi8-web01.vmx"),
        ("show", "esxi8-web01.vmx", "--json"),
        ("show", "vmware-esx.xml"),
        ("set", "kvm-app01.xml", "all", "--no-snapshot", "--dry-run"),
        ("set", "esxi8-web01.vmx", "all", "--no-snapshot", "--dry-run"),
        ("convert", "esxi8-web01.vmx", "--to", "xml"),
        ("convert", "vmware-esx.xml", "--to", "vmx"),
        ("plan", "kvm-app01.xml"),
        ("compare", "esxi8-web01.vmx", "esxi8-db02.vmx"),
        ("audit", "."),
        ("audit", ".", "--format", "sarif"),
        ("rules",),
        ("completion", "zsh"),  # for bash, click asks bash for its version
    ],
    ids=" ".join,
)
def test_a_command_reaches_for_no_network_and_runs_nothing(
    words: tuple[str, ...], no_network: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(SAMPLES)
    outcome = run(*words)
    assert outcome.status in (0, 1, 3), outcome.err
    assert outcome.out or outcome.err
    assert not no_network


@pytest.mark.parametrize("name", ["esxi8-web01.vmx", "kvm-app01.xml"])
async def test_the_editor_reaches_for_no_network_and_runs_nothing(
    name: str, tmp_path: Path, no_network: list[str]
) -> None:
    path = copied(name, tmp_path)
    before = path.read_bytes()
    async with seated(path) as seat:
        await seat.press(
            "s", "p", "m", "escape", "v", "tab", "y", "f", "escape", "l", "escape", "n", "escape"
        )
        await seat.press("question_mark", "escape", "ctrl+s", "enter")
        await seat.settle()
    assert path.read_bytes() != before
    assert not no_network


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=_named)
def test_no_source_can_reach_the_network_run_a_program_or_take_data_for_code(path: Path) -> None:
    found = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
            found += [one.name for one in node.names if one.name in FORBIDDEN_METHODS]
        found += [name for name in names if name.split(".")[0] in NETWORKING | CODE_FROM_DATA | PROGRAMS]
        found = [name for name in found if name != "urllib.parse"]  # it only takes names apart
        if _named(path) in MAY_RUN:
            found = [name for name in found if name != "subprocess"]
            if isinstance(node, ast.Call):
                found += [f"{word.arg}=" for word in node.keywords if word.arg == "shell"]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
            found.append(f"{node.func.id}()")
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_METHODS:
            found += [ast.unparse(node)] if ast.unparse(node.value) in ("os", "socket", "etree") else []
    assert not found


def test_modules_are_imported_by_names_the_program_knows() -> None:
    """``import_module`` with a word from outside would run a file of that name."""
    places = [
        (_named(path), ast.unparse(node.args[0]))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module")
    ]
    assert places
    for name, argument in places:
        assert argument.startswith(("'tui.", "f'tui.cli.{cmd_name}'", "f'tui.reports.{module}'")), (
            name,
            argument,
        )
    for word in ("os", "../x", "show.x", "tui", "__init__"):
        assert run(word, "x").status == 2
        assert run("audit", "x", "--format", word).status == 2
