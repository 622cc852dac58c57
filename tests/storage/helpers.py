"""What the storage tests share: another user, a file to edit, a look around for litter."""

import os
import pickle
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

OLD = b'scsi0:0.mode = "persistent"\n'
NEW = b'scsi0:0.mode = "independent-persistent"\n'
NOBODY = 65534

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")

T = TypeVar("T")


def old_file(folder: Path, name: str = "web.vmx") -> Path:
    path = folder / name
    path.write_bytes(OLD)
    return path


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder any user can reach: pytest's own are closed to all but the one who runs the tests."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def as_ordinary_user(action: Callable[[], T], groups: tuple[int, ...] = ()) -> T:
    """Run the action without root's powers: in a child that has become nobody, or here if not root at all."""
    if os.geteuid() != 0:
        return action()
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        _answer_as_nobody(action, groups, writable)
    os.close(writable)
    with os.fdopen(readable, "rb") as pipe:
        kind, answer = pickle.loads(pipe.read())
    os.waitpid(child, 0)
    if kind == "error":
        raise answer
    result: T = answer
    return result


def _answer_as_nobody(action: Callable[[], object], groups: tuple[int, ...], writable: int) -> None:
    try:
        os.setgroups(groups)
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        answer: tuple[str, object] = ("value", action())
    except BaseException as error:
        answer = ("error", error)
    os.write(writable, pickle.dumps(answer))
    os._exit(0)


def killed(action: Callable[[], object]) -> bool:
    """Run the action in a child; whether SIGKILL ended it."""
    child = os.fork()
    if child == 0:
        try:
            action()
        finally:
            os._exit(0)
    status = os.waitpid(child, 0)[1]
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
