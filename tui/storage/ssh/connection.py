"""The connection to one host that all calls to it share, and a script run over it.

Logging in is OpenSSH's business: its configuration, its agent, its questions. The first connection is
made in the plain terminal, so that they can be answered; every later call goes over it and asks
nothing."""

from __future__ import annotations

import os
import selectors
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from typing import IO, NamedTuple

from tui import posix
from tui.storage.errors import ErrorKind
from tui.storage.host_limits import DEFAULT, Limits
from tui.storage.ssh.host import Host, HostError
from tui.storage.ssh.scripts import STAY, Script

_SAID = 2_000  # of what ssh or a script says on standard error, in bytes
_SAID_LINES = 256 * 1024
_CHUNK = 256 * 1024
_READY = b"ready"
_CHANGED = "REMOTE HOST IDENTIFICATION HAS CHANGED"  # sshconnect.c


class Answer(NamedTuple):
    """What a script printed and how it ended; ``cut`` where the host fell silent over it."""

    status: int
    data: bytes
    stderr: str = ""
    cut: bool = False


class Connection:
    """A host and the socket that all calls to it share, in a folder that nobody else may look into.

    The socket is held by a child that ends with us, however we end. Where there is none, or it has gone,
    each call connects by itself, and asks nothing.
    """

    def __init__(self, host: Host, program: Sequence[str], folder: str, limits: Limits = DEFAULT) -> None:
        self.host = host
        self.program = program
        self.folder = folder
        self.limits = limits
        self._shared: subprocess.Popen[bytes] | None = None

    def _command(self, *more: str) -> list[str]:
        options = [f"ControlPath={self.folder}/%C", f"ConnectTimeout={self.limits.connect}", *more]
        words = [word for option in options for word in ("-o", option)]
        return [*self.program, "-T", *words, *self.host.options]

    def open(self, *, ask: bool) -> None:
        """Connect. ``ask``: ssh may ask in the terminal for a key, a password or a host's fingerprint.

        Raises HostError with ssh's own words where it does not let us in.
        """
        batch = "no" if ask else "yes"
        command = [*self._command("ControlMaster=yes", f"BatchMode={batch}"), STAY.command()]
        with _unnamed_in(self.folder) as stderr:
            process = self._started(command, subprocess.PIPE, stderr)
            running = Running(self, process, stderr)
            try:
                begun = b"".join(running.parts(None if ask else self.limits.connect + 5, len(_READY)))
            except BaseException:  # an interrupt too: it would wait for an answer, and take what is typed
                running.stop()
                raise
            if begun != _READY:
                running.stop()
                raise self.not_let_in(running.words())
        self._shared = process

    def run(self, script: Script, *arguments: str, data: bytes = b"", most: int) -> Answer:
        """A script's answer, of at most ``most`` bytes; ``data`` goes to its standard input.

        Raises HostError where the connection ends, says nothing for long, or prints more.
        """
        answer = self.run_patiently(script, *arguments, data=data, most=most, seconds=self.limits.silence)
        if answer.cut:
            raise self.silent(self.limits.silence)
        return answer

    def run_patiently(
        self, script: Script, *arguments: str, data: bytes = b"", most: int, seconds: float
    ) -> Answer:
        """As :meth:`run`; what it printed where, once begun, it is silent for so many ``seconds``."""
        with self.start(script, *arguments, data=data) as running:
            parts, size = [], 0
            try:
                for part in running.parts(seconds, begin=self.limits.silence):
                    size += len(part)
                    if size > most:
                        raise self._too_much()
                    parts.append(part)
            except SilentError:
                if not parts:
                    raise
                return Answer(0, b"".join(parts), running.words(), cut=True)
            return Answer(running.end(), b"".join(parts), running.words())

    @contextmanager
    def start(self, script: Script, *arguments: str, data: bytes = b"") -> Iterator[Running]:
        """A script under way, whose output is read as it comes; leaving the block early ends it."""
        command = [*self._command("BatchMode=yes"), script.command(*arguments)]
        with _unnamed_in(self.folder) as given, _unnamed_in(self.folder) as stderr:
            given.write(data)
            given.seek(0)
            running = Running(self, self._started(command, given, stderr), stderr)
            _RUNNING.add(running.process)
            try:
                yield running
            finally:
                running.stop()
                _RUNNING.discard(running.process)

    def _started(
        self, command: Sequence[str], given: IO[bytes] | int, stderr: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, stderr=stderr)
        except OSError as error:
            raise HostError(
                self.host.address,
                f"{self.program[0]} cannot be run ({error.strerror})",
                "install OpenSSH, or set DISKMODE_SSH",
                ErrorKind.UNREACHABLE,
            ) from error

    def close(self) -> None:
        """End the shared connection. Never raises."""
        process, self._shared = self._shared, None
        if process is not None:
            for end in (process.stdin, process.stdout):
                if end is not None:
                    with suppress(OSError):
                        end.close()
            posix.end_process(process)

    def not_let_in(self, words: str) -> HostError:
        """The error where ssh, which said these words, does not let us in or reaches nobody."""
        said, kind = f" ({words})" if words else "", _kind_of(words)
        has_ended = self._shared is not None and self._shared.poll() is not None
        if has_ended and kind is ErrorKind.NOT_LET_IN:
            what = f"the connection ended, and ssh does not get in again without asking{said}"
            return HostError(self.host.address, what, "start diskmode again: ssh asks then", kind)
        remedy = f"try `{shlex.join([*self.program, *self.host.options])}` yourself"
        return HostError(self.host.address, f"ssh does not get in{said}", remedy, kind)

    def _too_much(self) -> HostError:
        what = "it answers with more than was asked for"
        return HostError(self.host.address, what, "look at the host", ErrorKind.GARBLED)

    def silent(self, seconds: float, setting: str = "ssh.silence") -> SilentError:
        """The error of a host that says nothing for as long as the setting has it."""
        return SilentError(
            self.host.address,
            f"it said nothing for {seconds:.0f} seconds",
            f"try again, or raise {setting} in the settings",
            ErrorKind.SILENT,
        )


_NUMBERS = count()


def _unnamed_in(folder: str) -> IO[bytes]:
    """A new file in the private folder, gone with whoever has it open: tempfile takes long to load."""
    path = f"{folder}/{os.getpid()}-{next(_NUMBERS)}"
    file = open(path, "x+b")  # noqa: SIM115 - who takes it closes it
    with suppress(OSError):  # where an open file keeps its name it goes with the folder
        os.unlink(path)
    return file


class SilentError(HostError):
    """A host that says nothing for long."""


class Running(NamedTuple):
    """A script under way on a host."""

    connection: Connection
    process: subprocess.Popen[bytes]
    stderr: IO[bytes]

    def parts(
        self, seconds: float | None = None, most: int | None = None, begin: float | None = None
    ) -> Iterator[bytes]:
        """What it prints, as it comes, up to ``most`` bytes.

        Raises SilentError where nothing comes for ``seconds`` (None: however long), or, at first, for those
        of ``begin``.
        """
        stdout, left = self.process.stdout, most
        if stdout is None:
            return
        with selectors.DefaultSelector() as waiting:
            waiting.register(stdout, selectors.EVENT_READ)
            patience = seconds if begin is None else begin
            while waiting.select(patience):
                patience = seconds
                part = os.read(stdout.fileno(), _CHUNK if left is None else left)
                if not part:
                    return
                yield part
                if left is not None:
                    left -= len(part)
                    if not left:
                        return
        raise self.connection.silent(patience or 0)

    def end(self) -> int:
        """Its exit status. Raises HostError where it was the connection that ended."""
        silence = self.connection.limits.silence
        try:
            status = posix.status_of(self.process, silence)
        except subprocess.TimeoutExpired as error:
            raise self.connection.silent(silence) from error
        if status == 255 or status < 0:
            words = self.words()
            if words.startswith("ssh: ") or _kind_of(words) is ErrorKind.NOT_LET_IN:
                raise self.connection.not_let_in(words)
            raise HostError(
                self.connection.host.address,
                f"the connection ended ({words or 'nothing more is known'})",
                "try again",
                _kind_of(words),
            )
        return status

    def words(self) -> str:
        """What it said on standard error, in one line."""
        self.stderr.seek(0)
        return _words(self.stderr.read(_SAID))

    def lines(self) -> Sequence[str]:
        """What it said on standard error, line by line, as far as it is kept."""
        self.stderr.seek(0)
        return self.stderr.read(_SAID_LINES).decode("utf-8", "surrogateescape").splitlines()

    def stop(self) -> None:
        """End it where it still runs."""
        if self.process.stdout is not None:
            self.process.stdout.close()
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()
        posix.end_process(self.process)


_RUNNING: set[subprocess.Popen[bytes]] = set()


def end_running() -> None:
    """End every script that is under way, in whatever thread; who waits for one is told that it ended."""
    for process in tuple(_RUNNING):
        with suppress(OSError):
            process.terminate()


def _kind_of(words: str) -> ErrorKind:
    """What ssh's own words mean: it reached nobody, or was turned away (sshconnect.c, sshconnect2.c)."""
    turned_away = ("Permission denied", "verification failed", "Too many authentication", "no matching")
    return ErrorKind.NOT_LET_IN if any(one in words for one in turned_away) else ErrorKind.UNREACHABLE


def _words(stderr: bytes) -> str:
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines()]
    kept = [line for line in lines if line and set(line) != {"@"}]
    if any(_CHANGED in line for line in kept):  # a page of warning goes before what is to be done
        kept = [line for line in kept if line.startswith(("Offending", "Host key"))] or kept
    return "; ".join(kept)[:400]
