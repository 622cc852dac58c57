"""One host: its address, the connection to it that all calls share, and a script run there.

Logging in is OpenSSH's business: its configuration, its agent, its questions. The first connection is
made in the plain terminal, so that they can be answered; every later call goes over it and asks
nothing."""

from __future__ import annotations

import os
import selectors
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from tui.storage.errors import ErrorKind, UnreadableError
from tui.storage.ssh.scripts import Script

SCHEME = "ssh://"
_SAID = 2_000  # of what ssh or a script says on standard error, in bytes
_CHUNK = 256 * 1024
_KEEP = 60  # seconds a connection outlives the last call, for the commands that follow

CONNECT_SECONDS = 15
SILENT_SECONDS = 60


class HostError(UnreadableError):
    """A host that cannot be reached, does not let us in, or answers what nobody understands."""


@dataclass(frozen=True, slots=True)
class Host:
    """Where ssh goes: the ``name`` as ssh's configuration may know it, ``user`` and ``port`` where given."""

    name: str
    user: str | None = None
    port: int | None = None

    @property
    def address(self) -> str:
        """``ssh://user@name:port``, as a person writes it."""
        user = f"{self.user}@" if self.user else ""
        name = f"[{self.name}]" if ":" in self.name else self.name
        return f"{SCHEME}{user}{name}{f':{self.port}' if self.port else ''}"

    @property
    def options(self) -> list[str]:
        """What ssh is told of it; behind ``--`` a name is never taken for an option."""
        user = ["-l", self.user] if self.user else []
        port = ["-p", str(self.port)] if self.port else []
        return [*user, *port, "--", self.name]


def host_and_path(address: str) -> tuple[Host, str]:
    """The two halves of ``ssh://[user@]host[:port]/path``; a path below ``/~/`` is the home folder's.

    Raises HostError for an address that names no host or no path.
    """
    try:
        parts = urlsplit(address)
        name, port = parts.hostname, parts.port
    except ValueError as error:
        raise HostError(address, f"no such address ({error})", _HOW) from error
    if parts.scheme != "ssh" or not name or name.startswith("-") or any(ord(one) < 33 for one in name):
        raise HostError(address, "it names no host", _HOW)
    if parts.password is not None:
        raise HostError(
            f"{SCHEME}{name}",
            "a password in an address would be seen by others",
            "leave it out: ssh asks for it",
        )
    # urlsplit lowers a host's letters, which an alias in ssh's configuration may need.
    given = parts.netloc.rpartition("@")[2]
    name = given[: len(name)] if given[: len(name)].lower() == name else name
    user = unquote(parts.username) if parts.username else None
    if user is not None and user.startswith("-"):
        raise HostError(address, "no user has this name", _HOW)
    # What follows ? or # belongs to a file's name: nobody escapes those here.
    _, slash, path = address.split("://", 1)[1].partition("/")
    if not slash:
        raise HostError(address, "it names no file or folder", _HOW)
    return Host(name, user, port), f"./{path[2:]}" if path.startswith("~/") else f"/{path}"


_HOW = "write it as ssh://root@esxi01/vmfs/volumes/datastore1/web01/web01.vmx"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a script printed and how it ended."""

    status: int
    data: bytes = field(repr=False)
    said: str = ""


@dataclass(slots=True)
class Connection:
    """A host and the socket that all calls to it share, in a folder that nobody else may look into."""

    host: Host
    program: Sequence[str]
    folder: Path
    connect_seconds: float = CONNECT_SECONDS
    silent_seconds: float = SILENT_SECONDS

    def _command(self, *more: str) -> list[str]:
        shared = [
            "-o",
            f"ControlPath={self.folder}/%C",
            "-o",
            f"ConnectTimeout={max(int(self.connect_seconds), 1)}",
        ]
        return [*self.program, "-T", *shared, *more, *self.host.options]

    def open(self, *, ask: bool) -> None:
        """Connect. ``ask``: ssh may ask in the terminal for a key, a password or a host's fingerprint.

        Raises HostError with ssh's own words where it does not let us in.
        """
        lasting = [
            "-o",
            "ControlMaster=auto",
            "-o",
            f"ControlPersist={_KEEP}",
            "-o",
            f"BatchMode={'no' if ask else 'yes'}",
        ]
        try:
            # ssh leaves a process behind that keeps its standard error: a file, for a pipe would never end.
            with tempfile.TemporaryFile() as said:
                ended = subprocess.run(
                    [*self._command(*lasting), "true"],
                    stdin=None if ask else subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=None if ask else said,
                    check=False,
                    timeout=None if ask else self.connect_seconds + 5,
                )
                said.seek(0)
                words = _words(said.read(_SAID))
        except subprocess.TimeoutExpired as error:
            raise self._silent(self.connect_seconds) from error
        except OSError as error:
            raise self._no_ssh(error) from error
        if ended.returncode:
            raise HostError(
                self.host.address,
                f"ssh does not get in ({words})" if words else "ssh does not get in",
                f"try `{shlex.join([*self.program, *self.host.options])}` yourself",
                _kind_of(words),
            )

    def run(self, script: Script, *arguments: str, data: bytes = b"", most: int) -> Answer:
        """A script's answer, of at most ``most`` bytes; ``data`` goes to its standard input.

        Raises HostError where the connection ends, says nothing for long, or prints more.
        """
        with self.start(script, *arguments, data=data) as running:
            parts, size = [], 0
            for part in running.parts():
                size += len(part)
                if size > most:
                    raise HostError(
                        self.host.address,
                        "it answers with more than was asked for",
                        "look at the host",
                        ErrorKind.GARBLED,
                    )
                parts.append(part)
            return Answer(running.end(), b"".join(parts), running.words())

    @contextmanager
    def start(self, script: Script, *arguments: str, data: bytes = b"") -> Iterator[Running]:
        """A script under way, whose output is read as it comes; leaving the block early ends it."""
        command = [*self._command("-o", "BatchMode=yes"), script.command(*arguments)]
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
            given.write(data)
            given.seek(0)
            try:
                process = subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, stderr=said)
            except OSError as error:
                raise self._no_ssh(error) from error
            running = Running(self, process, said)
            try:
                yield running
            finally:
                running.stop()

    def close(self) -> None:
        """End the shared connection. Never raises."""
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run(
                self._command("-O", "exit"),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
                timeout=5,
            )

    def _no_ssh(self, error: OSError) -> HostError:
        return HostError(
            self.host.address,
            f"{self.program[0]} cannot be run ({error.strerror})",
            "install OpenSSH, or set DISKMODE_SSH",
            ErrorKind.UNREACHABLE,
        )

    def _silent(self, seconds: float) -> HostError:
        return HostError(
            self.host.address,
            f"it said nothing for {seconds:.0f} seconds",
            "try again, or raise the time-out in the settings",
            ErrorKind.SILENT,
        )


@dataclass(slots=True)
class Running:
    """A script under way on a host."""

    connection: Connection
    process: subprocess.Popen[bytes]
    _said: IO[bytes]

    def parts(self) -> Iterator[bytes]:
        """What it prints, as it comes. Raises HostError where nothing comes for long."""
        stdout = self.process.stdout
        if stdout is None:
            return
        limit = self.connection.silent_seconds
        with selectors.DefaultSelector() as waiting:
            waiting.register(stdout, selectors.EVENT_READ)
            while waiting.select(limit):
                part = os.read(stdout.fileno(), _CHUNK)
                if not part:
                    return
                yield part
        raise self.connection._silent(limit)  # noqa: SLF001 - two halves of one thing

    def end(self) -> int:
        """Its exit status. Raises HostError where it was the connection that ended."""
        try:
            status = self.process.wait(self.connection.silent_seconds)
        except subprocess.TimeoutExpired as error:
            raise self.connection._silent(self.connection.silent_seconds) from error  # noqa: SLF001 - as above
        if status == 255 or status < 0:
            raise HostError(
                self.connection.host.address,
                f"the connection ended ({self.words() or 'nothing more is known'})",
                "try again",
                ErrorKind.UNREACHABLE,
            )
        return status

    def words(self) -> str:
        """What it said on standard error, in one line."""
        self._said.seek(0)
        return _words(self._said.read(_SAID))

    def stop(self) -> None:
        """End it where it still runs."""
        if self.process.stdout is not None:
            self.process.stdout.close()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(2)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def _kind_of(words: str) -> ErrorKind:
    """What ssh's own words mean: it reached nobody, or was turned away (ssh.c, sshconnect2.c, auth)."""
    turned_away = ("Permission denied", "verification failed", "Too many authentication", "no matching")
    return ErrorKind.NOT_LET_IN if any(one in words for one in turned_away) else ErrorKind.UNREACHABLE


def _words(said: bytes) -> str:
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines()]
    return "; ".join(line for line in lines if line)[:400]


class Connections:
    """Every host connected to in this run, each once."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment
        self._open: dict[Host, Connection] = {}
        self._folder: Path | None = None

    def to(self, host: Host, *, ask: bool = False) -> Connection:
        """The connection to a host, made now where there is none. Raises HostError."""
        if host not in self._open:
            connection = Connection(host, self._program(), self._private_folder())
            connection.open(ask=ask)
            self._open[host] = connection
        return self._open[host]

    def close(self) -> None:
        """End them all, and remove the folder of their sockets."""
        started, began = list(self._open.values()), time.monotonic()
        self._open.clear()
        for connection in started:
            if time.monotonic() - began < 5:
                connection.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _program(self) -> list[str]:
        return shlex.split(self._environment.get("DISKMODE_SSH", "")) or ["ssh"]

    def _private_folder(self) -> Path:
        """Made with mode 0700 and a short name: the path of a socket has about a hundred bytes."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="diskmode-"))
        return self._folder
