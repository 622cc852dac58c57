"""virsh, run as its own users run it: several commands in one process, each answer told from the next.

Domains go to it by UUID; a name that a person typed is quoted as virsh's own parser wants it. What it
prints is hostile text, bounded here and made safe where it is shown.
"""

from __future__ import annotations

import os
import re
import secrets
import selectors
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import IO, NamedTuple

from tui import posix
from tui.disks import LibvirtVersion
from tui.storage.errors import ErrorKind, UnreadableError
from tui.storage.libvirt.shell import (
    SHELLS,
    TYPED,
    Answers,
    Shell,
    ShellEndedError,
    ShellStoppedError,
    TooMuchError,
    is_kept,
    is_plain,
)
from tui.storage.waits import waiting

_STDIN = "/dev/stdin"
_MOST = 256 * 1024 * 1024
_MOST_STDERR = 4 * 1024 * 1024
_CHUNK = 256 * 1024
_LONGEST_WORDS = 1000
# What the host's daemon says of itself; the client's library beside it may be another.
_VERSION = re.compile(rb"^Running against daemon: (\d{1,3})\.(\d{1,3})\b", re.MULTILINE)
_LIBRARY = re.compile(rb"^Using library: libvirt (\d{1,3})\.(\d{1,3})\b", re.MULTILINE)
# How virsh begins where libvirt itself is not reached, and what it says where it does not let one in.
_ERROR = "error: "
_INTERRUPTED = (signal.SIGINT, signal.SIGTERM)
_OUR_MARKS = re.compile(r"error: diskmode-[0-9a-f]{16}[a-z]?\n")
_NOT_REACHED = "error: failed to connect to the hypervisor"
_NOT_LET_IN = re.compile(r"authenticat|permission denied|polkit|access denied", re.IGNORECASE)


class VirshError(UnreadableError):
    """virsh is not there, does not reach libvirt, or libvirt refuses; ``what`` has virsh's own words."""


class Printed(NamedTuple):
    """What virsh printed for one command, and its words where it refused, else ""."""

    out: bytes
    error: str = ""


class Completed(NamedTuple):
    """What a program printed, what it said on standard error, and its exit status."""

    out: bytes
    stderr: str
    status: int


@dataclass(frozen=True, slots=True)
class Virsh:
    """virsh on one connection; ``uri`` as ``virsh -c`` takes it.

    ``seconds`` is how long it may say nothing.
    With ``alone`` it has no terminal: what would be asked there (a password, a host's key) is refused.
    ``walks``: it is not waited for any longer once a person stops the walk.
    """

    uri: str
    program: tuple[str, ...] = ("virsh",)
    seconds: float = 60
    alone: bool = False
    walks: bool = False

    def run(self, *commands: Sequence[str], data: bytes = b"") -> list[Printed]:
        """Run commands one after the other in one process; one that fails does not stop the next.

        ``data`` is what a command reads as /dev/stdin. Raises VirshError where virsh cannot be run or
        libvirt cannot be reached, says nothing for long, prints too much or something else.
        """
        if is_kept(self.uri):
            answers = self._by_kept_shell(commands, data, again=not data)
            if answers is not None:
                return answers
        mark = f"diskmode-{secrets.token_hex(8)}"
        marks = (f"echo {mark}", f"echo --err {mark}")
        joined = "; ".join(one for command in commands for one in (_line(command), *marks))
        out, stderr, status = self._ended([*self.program, "-q", "-c", self.uri, "--", joined], data)
        printed, errors = out.split(mark.encode()), stderr.split(f"error: {mark}\n")
        if len(printed) != len(commands) + 1 or len(errors) != len(commands) + 1:
            raise self._interrupted() if -status in _INTERRUPTED else self._unreached(stderr)
        return [
            Printed(one.strip(b"\n"), _words(error))
            for one, error in zip(printed[:-1], errors[:-1], strict=True)
        ]

    def _by_kept_shell(
        self, commands: Sequence[Sequence[str]], data: bytes, *, again: bool
    ) -> list[Printed] | None:
        """The same by a virsh that is kept for its connection; None for what cannot be typed.

        ``again``: they may be asked once more, where the connection was lost.
        """
        with _in_memory() as given:
            given.write(data)
            given.flush()
            named = f"/proc/{os.getpid()}/fd/{given.fileno()}"
            if data and not os.path.exists(named):
                return None
            lines = [_line([named if one == _STDIN else one for one in command]) for command in commands]
            if not all(map(is_plain, lines)):
                return None
            try:
                answers = SHELLS.run(
                    self.uri,
                    self._shell,
                    lambda shell: self._told_by(shell, lines),
                    again=again,
                )
            except ShellStoppedError as error:
                raise self._interrupted() from error
            except ShellEndedError as error:
                raise self._unreached(str(error)) from error
            except TimeoutError as error:
                raise self._silent() from error
            except TooMuchError as error:
                raise self._too_much() from error
            except OSError as error:
                raise self._not_there(error) from error
        return [
            Printed(one.strip(b"\n"), _words(stderr))
            for one, stderr in zip(answers.printed, answers.stderr, strict=True)
        ]

    def _told_by(self, shell: Shell, lines: Sequence[str]) -> Answers:
        with self._waiting(shell.stop):
            return shell.run(lines, self.seconds, _MOST)

    def _waiting(self, end: Callable[[], object]) -> AbstractContextManager[None]:
        return waiting(end) if self.walks else nullcontext()

    def _shell(self) -> Shell:
        words, pipe, typed = [*self.program, "-q", "-c", self.uri], subprocess.PIPE, {**os.environ, **TYPED}
        return Shell(
            subprocess.Popen(
                words,
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                env=typed,
                start_new_session=self.alone,
                restore_signals=False,  # an ssh that ends early would end it by SIGPIPE, without a word
            )
        )

    def one(self, *command: str, data: bytes = b"") -> bytes:
        """What one command prints. Raises VirshError with virsh's words where it fails."""
        printed = self.run(command, data=data)[0]
        if printed.error:
            raise VirshError(self.uri, printed.error, "see what virsh says of it", ErrorKind.REFUSED)
        return printed.out

    def as_typed(self, words: Sequence[str], data: bytes = b"") -> Completed:
        """A whole command line as a person would type it, ``words`` behind ``virsh``. Raises VirshError.

        Over SSH the virsh that is kept takes it, which is logged in already.
        """
        if is_kept(self.uri) and list(words[:2]) == ["-c", self.uri]:
            answers = self._by_kept_shell([words[2:]], data, again=False)
            for out, error in answers or ():
                return Completed(out + b"\n", f"error: {error}\n" if error else "", 1 if error else 0)
        return self._ended([*self.program, *words], data)

    def _unreached(self, stderr: str) -> VirshError:
        told, answers = _OUR_MARKS.subn("", stderr)
        words = _words(told)
        if _NOT_REACHED in stderr:
            kind = ErrorKind.NOT_LET_IN if _NOT_LET_IN.search(words) else ErrorKind.UNREACHABLE
        else:
            kind = ErrorKind.GARBLED
        none = "virsh ended before it had told all" if answers else "virsh did not answer as virsh does"
        what = words or none
        remedy = f"try virsh itself: virsh -c {shlex.quote(self.uri)} list --all"
        return VirshError(self.uri, what, remedy, kind)

    def _interrupted(self) -> VirshError:
        return VirshError(self.uri, "virsh was interrupted", "do it again", ErrorKind.UNREACHABLE)

    def _ended(self, command: Sequence[str], data: bytes) -> Completed:
        environment = {**os.environ, "LC_ALL": "C"}
        with _in_memory() as given, tempfile.TemporaryFile() as stderr:
            given.write(data)
            given.seek(0)
            try:
                process = subprocess.Popen(
                    command,
                    stdin=given,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    env=environment,
                    start_new_session=self.alone,
                )
            except OSError as error:
                raise self._not_there(error) from error
            try:
                with self._waiting(partial(posix.terminate, process, group=self.alone)):
                    printed = self._read(process)
                status = posix.status_of(process, self.seconds)
            except subprocess.TimeoutExpired as error:
                raise self._silent() from error
            finally:
                _end(process)
            stderr.seek(0)
            return Completed(printed, stderr.read(_MOST_STDERR).decode("utf-8", "replace"), status)

    def _read(self, process: subprocess.Popen[bytes]) -> bytes:
        data, stdout = bytearray(), process.stdout
        if stdout is None:
            return b""
        with selectors.DefaultSelector() as watched:
            watched.register(stdout, selectors.EVENT_READ)
            while watched.select(self.seconds):
                part = os.read(stdout.fileno(), _CHUNK)
                if not part:
                    return bytes(data)
                data += part
                if len(data) > _MOST:
                    raise self._too_much()
        raise self._silent()

    def _not_there(self, error: OSError) -> VirshError:
        return VirshError(
            self.uri,
            f"{self.program[0]} cannot be run ({error.strerror})",
            "install libvirt's client (libvirt-clients, libvirt-client)",
            ErrorKind.UNREACHABLE,
        )

    def _too_much(self) -> VirshError:
        what = "virsh prints more than anyone can use"
        return VirshError(self.uri, what, "ask for fewer domains", ErrorKind.TOO_LARGE)

    def _silent(self) -> VirshError:
        return VirshError(
            self.uri,
            f"virsh said nothing for {self.seconds:g} seconds",
            "look at the host, or raise the time-out in the settings",
            ErrorKind.SILENT,
        )


def _in_memory() -> IO[bytes]:
    """A file for what a command reads: it may hold passwords, so where the system can it lies on no disk."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("diskmode"), "w+b")
    return tempfile.TemporaryFile()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdout is not None:
        process.stdout.close()
    posix.end_process(process)


def _quoted(word: str) -> str:
    """A word for virsh's own parser (vshCommandStringGetArg, vsh.c): in single quotes all is plain."""
    if re.fullmatch(r"[\w./=:-]+", word, re.ASCII):
        return word
    return "'" + word.replace("'", "'\"'\"'") + "'"


def _line(command: Sequence[str]) -> str:
    return " ".join(map(_quoted, command))


def _words(stderr: str) -> str:
    """virsh's own words in one line, without what it calls every one of them; "" where it has no error.

    What stands before is not its own: polkit's agent says there that it cannot ask.
    """
    at = 0 if stderr.startswith(_ERROR) else stderr.find(f"\n{_ERROR}") + 1
    if at == 0 and not stderr.startswith(_ERROR):
        return ""
    lines = [line.strip().removeprefix(_ERROR) for line in stderr[at:].splitlines()]
    return "; ".join(dict.fromkeys(line for line in lines if line))[:_LONGEST_WORDS]


def version_in(answer: bytes) -> LibvirtVersion | None:
    """The host's version in what ``virsh version --daemon`` prints; None where it is not told."""
    found = _VERSION.search(answer) or _LIBRARY.search(answer)
    return None if found is None else LibvirtVersion(int(found[1]), int(found[2]))
