"""A virsh that stays: over SSH each virsh is a connection of its own, and asks for its password again.

It reads commands from a pipe as it does from a person, one a line, and answers with what it is given mixed in
(readline prints it, where virsh was built with it). So each answer stands between marks that never stand in a
command: they are typed in two halves, which virsh's own parser joins.
"""

from __future__ import annotations

import atexit
import os
import re
import secrets
import selectors
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import RLock
from typing import IO, TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urlsplit

from tui import posix

if TYPE_CHECKING:

    class _Piped(posix.Process, Protocol):
        """A process with pipes at all its ends: another module runs the program."""

        stdin: IO[bytes] | None
        stdout: IO[bytes] | None
        stderr: IO[bytes] | None


_CHUNK = 256 * 1024
# How libvirt says that a connection is no more (rpc/virnetsocket.c, virnetclient.c; tools/virsh.c).
_LOST = re.compile(r"isconnected from|econnected to|end of file|socket is closed|Cannot recv data|keepalive")


TYPED = {
    "LC_ALL": "C",
    "TERM": "dumb",
    "INPUTRC": os.devnull,
    "XDG_CACHE_HOME": os.devnull,  # where virsh remembers what a person typed
}
"""The environment in which readline takes what is typed as it is, and remembers nothing."""

_NO_HISTORY = re.compile(rf"error: Failed to create '{os.devnull}[^\n]*\n")


class Answers(NamedTuple):
    """What was printed for each command, and what was said of each on standard error."""

    printed: Sequence[bytes]
    stderr: Sequence[str]


class ShellEndedError(Exception):
    """The process ended, or never began; the text is what it said."""


class ShellStoppedError(Exception):
    """Somebody stopped the process while it was asked."""


class TooMuchError(Exception):
    """It prints more than anyone can use."""


def is_kept(uri: str) -> bool:
    """Whether a virsh on this connection is kept: one that SSH leads to."""
    return urlsplit(uri).scheme.endswith("+ssh")


def is_plain(line: str) -> bool:
    """Whether a command can be typed: to readline other characters are keys."""
    return line.isascii() and line.isprintable() and len(line) < 900


class Shell:
    """One process of virsh with pipes at all its ends, and its connection."""

    def __init__(self, process: _Piped) -> None:
        self._process = process
        self._is_stopped = False

    def run(self, lines: Sequence[str], seconds: float, most: int) -> Answers:
        """What it answers to each line; one that fails does not stop the next.

        Raises ShellEndedError, ShellStoppedError, TooMuchError beyond ``most`` bytes, and TimeoutError where
        it says nothing for so many ``seconds``.
        """
        mark = f"diskmode-{secrets.token_hex(8)}"
        typed = []
        for line in lines:
            typed += [f"echo {_halved(mark, 'b')}; {line}; echo {_halved(mark, 'c')}"]
            typed += [f"echo {_halved(mark, 'e')}", f"echo --err {_halved(mark, 'e')}"]
        typed += [f"echo {_halved(mark, 'z')}", f"echo --err {_halved(mark, 'z')}"]
        out, stderr = self._exchanged("\n".join([*typed, ""]).encode(), f"{mark}z".encode(), seconds, most)
        printed = out.split(f"{mark}e".encode())[:-1]
        errors = stderr.decode("utf-8", "replace").split(f"error: {mark}e\n")[:-1]
        if len(printed) != len(lines) or len(errors) != len(lines):
            raise ShellEndedError(stderr.decode("utf-8", "replace"))
        begin, close = f"{mark}b".encode(), f"{mark}c".encode()
        return Answers([one.partition(begin)[2].rpartition(close)[0] for one in printed], errors)

    def _exchanged(self, given: bytes, last: bytes, seconds: float, most: int) -> tuple[bytes, bytes]:
        """What it prints and says until both end with the last mark."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        posix.never_wait(process.stdin.fileno())
        heard = {process.stdout.fileno(): bytearray(), process.stderr.fileno(): bytearray()}
        ended = False
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdin.fileno(), selectors.EVENT_WRITE)
            for one in heard:
                waiting.register(one, selectors.EVENT_READ)
            left = set(heard)
            while left:
                ready = waiting.select(seconds)
                if not ready:
                    raise TimeoutError
                for key, _ in ready:
                    if key.fd not in heard:
                        given = _written(key.fd, given)
                        if not given:
                            waiting.unregister(key.fd)
                        continue
                    part = os.read(key.fd, _CHUNK)
                    heard[key.fd] += part
                    if not part or last in heard[key.fd][-len(part) - len(last) :]:
                        ended = ended or not part
                        waiting.unregister(key.fd)
                        left.discard(key.fd)
                if sum(map(len, heard.values())) > most:
                    raise TooMuchError
        out, stderr = map(bytes, heard.values())
        if ended:
            raise self._ended(stderr)
        return out, stderr

    def _ended(self, stderr: bytes) -> Exception:
        if self._is_stopped:
            return ShellStoppedError()
        return ShellEndedError(_NO_HISTORY.sub("", stderr.decode("utf-8", "replace")))

    def stop(self) -> None:
        """Have it end soon: whoever waits for its answer hears that it was stopped. Never raises."""
        self._is_stopped = True
        with suppress(OSError):
            self._process.terminate()

    def end(self) -> None:
        """End it. Never raises."""
        process = self._process
        for one in (process.stdin, process.stdout, process.stderr):
            with suppress(OSError):
                if one is not None:
                    one.close()
        posix.end_process(process)


def _halved(mark: str, end: str) -> str:
    return f"'{mark}''{end}'"


def _written(end: int, data: bytes) -> bytes:
    """What of some bytes the pipe did not take yet; nothing where nobody reads it any more."""
    try:
        return data[os.write(end, data[:_CHUNK]) :]
    except BlockingIOError:
        return data
    except OSError:
        return b""


class Shells:
    """The shells of this process, one for a connection. Safe to be asked from several threads."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._open: dict[tuple[int, str], Shell] = {}
        self._locks: dict[str, RLock] = {}

    def run(
        self, uri: str, start: Callable[[], Shell], work: Callable[[Shell], Answers], *, again: bool
    ) -> Answers:
        """What the shell of a connection answers to ``work``; it is started where there is none.

        Where a connection that was good has been lost meanwhile, another is made and asked ``again``: only
        what changes nothing may be. Raises what ``start`` and ``work`` do.
        """
        with self._lock:
            lock = self._locks.setdefault(uri, RLock())
        with lock:
            kept = self._open.pop((os.getpid(), uri), None)
            shell = kept or start()
            try:
                answers = work(shell)
            except BaseException as error:
                shell.end()
                if kept and again and isinstance(error, ShellEndedError):
                    return self.run(uri, start, work, again=False)
                raise
            if not any(_LOST.search(one) for one in answers.stderr):
                self._open[os.getpid(), uri] = shell
                return answers
            shell.end()
            return self.run(uri, start, work, again=False) if kept and again else answers

    def end(self) -> None:
        """End them all. Never raises."""
        with self._lock:
            ended, self._open = self._open, {}
        for (process, _), shell in ended.items():
            if process == os.getpid():
                shell.end()


SHELLS = Shells()
atexit.register(SHELLS.end)
