"""virsh, run as its own users run it: several commands in one process, each answer told from the next.

Domains go to it by UUID; a name that a person typed is quoted as virsh's own parser wants it. What it
prints is hostile text, bounded here and made safe where it is shown.
"""

from __future__ import annotations

import os
import re
import secrets
import selectors
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tui.storage.errors import UnreadableError

SECONDS = 60
"""How long virsh may say nothing."""

_MOST = 256 * 1024 * 1024
_SAID = 4_000
_CHUNK = 256 * 1024
_VERSION = re.compile(rb"^Using library: libvirt (\d+)\.(\d+)", re.MULTILINE)


class VirshError(UnreadableError):
    """virsh is not there, does not reach libvirt, or libvirt refuses; ``what`` has virsh's own words."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What virsh printed for each command, in their order, and what it said on standard error."""

    answers: tuple[bytes, ...]
    said: str
    status: int


@dataclass(frozen=True, slots=True)
class Virsh:
    """virsh on one connection; ``uri`` as ``virsh -c`` takes it."""

    uri: str
    program: tuple[str, ...] = ("virsh",)
    seconds: float = SECONDS

    def run(self, *commands: Sequence[str], data: bytes = b"") -> Answered:
        """Run commands one after the other; one that fails does not stop the next.

        ``data`` is what a command reads as /dev/stdin. Raises VirshError where virsh cannot be run or
        libvirt cannot be reached, says nothing for long, or prints too much.
        """
        mark = f"diskmode-{secrets.token_hex(16)}"
        joined = "; ".join(
            line for command in commands for line in (" ".join(map(_quoted, command)), f"echo {mark}")
        )
        printed, said, status = self._printed([*self.program, "-q", "-c", self.uri, "--", joined], data)
        parts = printed.split(mark.encode())
        if len(parts) != len(commands) + 1:
            raise VirshError(
                self.uri, said or "virsh did not answer", f"try `virsh -c {self.uri} list --all`"
            )
        return Answered(tuple(part.strip(b"\n") for part in parts[:-1]), said, status)

    def one(self, *command: str, data: bytes = b"") -> bytes:
        """What one command prints. Raises VirshError with virsh's words where it fails."""
        answered = self.run(command, data=data)
        if answered.said.startswith("error:"):
            raise VirshError(
                self.uri, answered.said.removeprefix("error:").strip(), "see what virsh says of it"
            )
        return answered.answers[0]

    def _printed(self, command: Sequence[str], data: bytes) -> tuple[bytes, str, int]:
        environment = {**os.environ, "LC_ALL": "C"}
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
            given.write(data)
            given.seek(0)
            try:
                process = subprocess.Popen(
                    command, stdin=given, stdout=subprocess.PIPE, stderr=said, env=environment
                )
            except OSError as error:
                raise VirshError(
                    self.uri, f"{command[0]} cannot be run ({error.strerror})", "install libvirt's client"
                ) from error
            try:
                printed = self._read(process)
                status = process.wait(self.seconds)
            except subprocess.TimeoutExpired as error:
                raise self._silent() from error
            finally:
                _end(process)
            said.seek(0)
            return printed, _words(said.read(_SAID)), status

    def _read(self, process: subprocess.Popen[bytes]) -> bytes:
        data, stdout = bytearray(), process.stdout
        if stdout is None:
            return b""
        with selectors.DefaultSelector() as waiting:
            waiting.register(stdout, selectors.EVENT_READ)
            while waiting.select(self.seconds):
                part = os.read(stdout.fileno(), _CHUNK)
                if not part:
                    return bytes(data)
                data += part
                if len(data) > _MOST:
                    raise VirshError(
                        self.uri, "virsh prints more than anyone can use", "ask for fewer domains"
                    )
        raise self._silent()

    def _silent(self) -> VirshError:
        return VirshError(self.uri, f"virsh said nothing for {self.seconds:.0f} seconds", "look at the host")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdout is not None:
        process.stdout.close()
    if process.poll() is None:
        process.terminate()
        began = time.monotonic()
        while process.poll() is None and time.monotonic() - began < 2:
            time.sleep(0.02)
        if process.poll() is None:
            process.kill()
        process.wait()


def _quoted(word: str) -> str:
    """A word for virsh's own parser (vshCommandStringGetArg, vsh.c): in single quotes all is plain."""
    if re.fullmatch(r"[\w./=:-]+", word, re.ASCII):
        return word
    return "'" + word.replace("'", "'\"'\"'") + "'"


def _words(said: bytes) -> str:
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines()]
    return "; ".join(line for line in lines if line)[:1000]


def version_in(answer: bytes) -> tuple[int, int] | None:
    """The libvirt version in what ``virsh version`` prints; None where it is not told."""
    found = _VERSION.search(answer)
    return None if found is None else (int(found[1]), int(found[2]))
