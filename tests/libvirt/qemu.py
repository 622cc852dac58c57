"""The real QEMU driver of libvirt, as an ordinary user: a session daemon of its own, which ends itself."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.libvirt import daemon
from tests.libvirt.virsh import needed

# Who it runs as where the tests run as root, which would make it the system's daemon.
_ORDINARY = "nobody"
# "error: unsupported configuration: what it says"; virsh puts the kind of error first.
_KIND = re.compile(
    r"^error: (?:(?:unsupported configuration|Operation not supported|internal error|operation failed|"
    r"XML error|Requested operation is not valid|invalid argument): )?"
)
_MARK = "answered-"


def need_qemu() -> None:
    """Skip where the driver is missing; in CI that is a failure."""
    for program in ("libvirtd", "virsh", "qemu-img", "qemu-system-x86_64"):
        needed(shutil.which(program), program)


class Told(NamedTuple):
    """What one command printed, and its first error without the kind, or ""."""

    out: str
    error: str


class Session:
    """A session daemon in a folder of its own, and what it is asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.user = _ORDINARY if os.geteuid() == 0 else None
        home, runtime = folder / "home", folder / "run"
        for one in (home, runtime, folder / "images"):
            one.mkdir()
        self._environment = {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C",
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime),
        }
        self.images = folder / "images"
        self._socket = runtime / "libvirt" / "libvirt-sock"
        self._daemon: subprocess.Popen[bytes] | None = None
        self.uri = f"qemu:///session?socket={self._socket}"
        """What anybody who may open the daemon's socket reaches it by."""

    def own(self) -> None:
        """Give the folder to whoever the daemon runs as."""
        if self.user is not None:
            entry = pwd.getpwnam(self.user)
            for one in (self.folder, *self.folder.rglob("*")):
                os.chown(one, entry.pw_uid, entry.pw_gid)

    def run(self, words: Sequence[str], text: str | None = None) -> subprocess.CompletedProcess[str]:
        """A program as that user."""
        return subprocess.run(
            words,
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd=self.images,
            env=self._environment,
            user=self.user,
        )

    def start(self) -> None:
        """Start the daemon and wait until it listens."""
        words = [sys.executable, daemon.__file__, *([self.user] if self.user else [])]
        quiet = subprocess.DEVNULL
        self._daemon = subprocess.Popen(
            words, cwd=self.images, env=self._environment, stdout=quiet, stderr=quiet
        )
        while not self._socket.exists():
            assert self._daemon.poll() is None, "libvirtd did not start"
            time.sleep(0.02)

    def stop(self) -> None:
        """End the daemon."""
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait(60)

    def ask(self, commands: Sequence[str]) -> list[Told]:
        """What virsh says to each command, all in one process."""
        marked = []
        for number, command in enumerate(commands):
            marked += [command, f"echo {_MARK}{number}", f"echo --err {_MARK}{number}"]
        done = self.run(["virsh", "--quiet", "-c", "qemu:///session"], "\n".join(marked) + "\n")
        out = re.split(rf"echo --err {_MARK}\d+\n", done.stdout)  # what it is told is printed, too
        errors = re.split(rf"^error: {_MARK}\d+\n", done.stderr, flags=re.MULTILINE)
        assert len(errors) == len(commands) + 1, done.stderr[-2000:]
        return [Told(text, _first(error)) for text, error in zip(out, errors[:-1], strict=False)]


def _first(errors: str) -> str:
    """The last line is the cause: virsh says what it wanted first."""
    lines = [line for line in errors.strip().splitlines() if line.startswith("error: ")]
    return _KIND.sub("", lines[-1]) if lines else ""


@contextmanager
def session() -> Iterator[Session]:
    """A daemon for as long as it is needed, in a folder its user can reach, as pytest's it cannot."""
    with tempfile.TemporaryDirectory(prefix="q", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        one = Session(folder)
        one.own()
        one.start()
        try:
            yield one
        finally:
            one.stop()
