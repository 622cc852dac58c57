"""What only some systems have, and what stands in its place elsewhere. Nothing else of ours asks which it is.

Linux has all of it. macOS has no extended attributes in Python, no marks as chattr sets and no fork that is
safe; Windows has none of POSIX. What a save cannot keep there, ``not_kept`` says before it.
"""

from __future__ import annotations

import errno
import os
import stat
import struct
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable
    from multiprocessing.context import BaseContext
    from pathlib import Path
    from typing import Protocol

    class Process(Protocol):
        """What is asked of another program that runs, as subprocess.Popen has it."""

        pid: int

        def poll(self) -> int | None: ...
        def wait(self, timeout: float | None = None) -> int: ...
        def terminate(self) -> None: ...
        def kill(self) -> None: ...


try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


def _flags(*names: str) -> int:
    """Flags of open(2) together; those the system does not know ask for nothing."""
    return sum(getattr(os, name, 0) for name in names)


# O_BINARY: on Windows a line's end would be rewritten.
_COMMON = _flags("O_CLOEXEC", "O_NOINHERIT", "O_BINARY")
READ_FLAGS = os.O_RDONLY | _COMMON | _flags("O_NONBLOCK", "O_NOCTTY")
"""To open what may turn out to be a device or a pipe."""
NO_LINK = _flags("O_NOFOLLOW")
"""Refuse a symbolic link."""
APPEND_FLAGS = os.O_WRONLY | os.O_APPEND | _COMMON | NO_LINK
"""To write behind what a file of our own holds."""
CREATE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _COMMON | NO_LINK

TERMINAL = "CONIN$" if sys.platform == "win32" else "/dev/tty"
"""The terminal of this process, by name."""

_PATIENCE, _NAP = 2.0, 0.02  # seconds: with a process that is to end, and between two looks at it
_SHORTEST_LIMIT = 255  # NAME_MAX of linux/limits.h, and of NTFS, HFS+ and APFS
_ACCESS_LIST = "system.posix_acl_access"
# The kernel computes these from the file's own bytes and status; carried over, they would vouch for others.
_COMPUTED = frozenset({"security.evm", "security.ima"})
_NOT_SUPPORTED = frozenset({errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
# FS_IOC_GETFLAGS and its flags, from linux/fs.h: _IOR('f', 1, long).
_GET_FLAGS = (2 << 30) | (struct.calcsize("l") << 16) | (ord("f") << 8) | 1
IMMUTABLE = 0x10
APPEND_ONLY = 0x20


# Paths


def slashes(path: str) -> str:
    """The path with /, which Windows takes too: everything above splits paths at it."""
    return path if os.sep == "/" else path.replace(os.sep, "/")


def base_folder(variable: str, below_home: str) -> str | None:
    """A person's folder as Linux has it: where ``variable`` says, or ``below_home``.

    None where there is no such rule, or the environment says no absolute path. Source: XDG Base Directory
    Specification.
    """
    if sys.platform != "linux":
        return None
    home = os.environ.get("HOME", "").rstrip("/")
    base = os.environ.get(variable) or (home and f"{home}/{below_home}")
    return base if base.startswith("/") else None


def longest_name(folder: Path) -> int:
    """The most bytes of a name in a folder."""
    if not hasattr(os, "pathconf"):
        return _SHORTEST_LIMIT
    return os.pathconf(folder, "PC_NAME_MAX")


# What stands in the way of a save


def is_read_only(path: str) -> bool:
    """Whether the file system is known to be mounted read-only."""
    if not hasattr(os, "statvfs"):
        return False
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def is_marked(path: str, marks: int) -> bool:
    """Whether the inode carries one of the marks; False where the file system or system knows no marks."""
    if fcntl is None or sys.platform != "linux":
        return False
    try:
        descriptor = os.open(path, READ_FLAGS | NO_LINK)
    except OSError:
        return False
    try:
        answer = fcntl.ioctl(descriptor, _GET_FLAGS, bytes(struct.calcsize("l")))
    except OSError:
        return False
    finally:
        os.close(descriptor)
    # The kernel fills an int although the number says long (ioctl_iflags(2)).
    return bool(struct.unpack_from("i", answer)[0] & marks)


def is_foreign(owner: int) -> bool:
    """Whether a file of this owner is another user's, and we may not give one away."""
    return hasattr(os, "geteuid") and os.geteuid() not in (0, owner)


# What a save keeps


def not_kept() -> str | None:
    """What a save cannot keep of the file here, as a clause; None where it keeps everything."""
    lost = [
        words
        for name, words in (
            ("fchown", "owner"),
            ("fchmod", "mode"),
            ("listxattr", "access lists"),
            ("listxattr", "extended attributes"),
        )
        if not hasattr(os, name)
    ]
    if not lost:
        return None
    listed = " and ".join(filter(None, (", ".join(lost[:-1]), lost[-1])))
    return f"on this system the {listed} of a file cannot be kept: saved, it has those of a new file"


def own(descriptor: int, user: int, group: int) -> None:
    """Give the open file an owner; nothing where files have none."""
    if hasattr(os, "fchown"):
        os.fchown(descriptor, user, group)


def permit(descriptor: int, mode: int) -> None:
    """Give the open file a mode; nothing where that cannot be done."""
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, mode)


def permissions(status: os.stat_result) -> tuple[int, ...]:
    """What of owner and mode a save keeps, to be compared."""
    owner = (status.st_uid, status.st_gid) if hasattr(os, "fchown") else ()
    return (*owner, stat.S_IMODE(status.st_mode)) if hasattr(os, "fchmod") else owner


def copy_attributes(source: Path, descriptor: int) -> None:
    """Give the open file the extended attributes of `source`, and no access list that `source` has not.

    A file system without extended attributes is no error; any other failure raises OSError.
    """
    if not hasattr(os, "listxattr"):
        return
    wanted = attributes_of(source)
    present = attributes_of(descriptor)
    # The folder's default access list, given to every new file, may let in whom the old file kept out.
    if _ACCESS_LIST in present and _ACCESS_LIST not in wanted:
        os.removexattr(descriptor, _ACCESS_LIST)
    for name, value in wanted.items():
        # Labels are often right already, and setting one may need more rights than creating a file did.
        if name not in _COMPUTED and present.get(name) != value:
            os.setxattr(descriptor, name, value)


def attributes_of(file: Path | int) -> dict[str, bytes]:
    """The extended attributes; none where the file system has none."""
    try:
        return {name: os.getxattr(file, name) for name in os.listxattr(file)}
    except OSError as error:
        if error.errno in _NOT_SUPPORTED:
            return {}
        raise


def link(source: Path, target: Path) -> None:
    """Give a file a second name. Raises OSError, ENOTSUP where the system has no such call."""
    if not hasattr(os, "link"):
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))
    os.link(source, target)


def lock(descriptor: int) -> bool:
    """Take a file for this process alone until it is closed; False where another one has it.

    Where the system or file system has no such locks it counts as taken.
    """
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def flush(descriptor: int) -> None:
    """Have the disk confirm the bytes of an open file: fsync(2) of macOS leaves them in the disk's cache."""
    full = getattr(fcntl, "F_FULLFSYNC", None)
    if full is not None:
        with suppress(OSError):  # some file systems know only fsync
            fcntl.fcntl(descriptor, full)
            return
    os.fsync(descriptor)


def flush_folder(folder: Path) -> None:
    """Have the disk confirm the names in `folder` (fsync(2) on a file does not confirm its name).

    Nothing where a folder cannot be opened: Windows confirms names by itself.
    """
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | _COMMON)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# Processes, signals and the terminal


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def process_context() -> BaseContext:
    """Fork where it is safe and fastest: nothing else runs in this process. Else a fresh interpreter."""
    import multiprocessing  # noqa: PLC0415 - only an audit of many files needs processes
    import threading  # noqa: PLC0415

    alone = threading.active_count() == 1 and sys.platform == "linux" and hasattr(os, "fork")
    return multiprocessing.get_context("fork" if alone else "spawn")


def has_ended(process: Process, seconds: float) -> bool:
    """Whether a process ends within so many ``seconds``, told as soon as it does.

    Its own wait looks for that now and then, ever more seldom: up to a third late.
    """
    if process.poll() is None:
        try:
            _await_end(process.pid, seconds)
        except (OSError, AttributeError):  # no Linux, or an old one
            began = time.monotonic()
            while process.poll() is None and time.monotonic() - began < seconds:
                time.sleep(_NAP)
    return process.poll() is not None


def _await_end(number: int, seconds: float) -> None:
    """Wait so long. Raises OSError or AttributeError where the kernel, or this Python, tells of no end."""
    import selectors  # noqa: PLC0415 - few commands run another program

    ended = os.pidfd_open(number)
    try:
        with selectors.DefaultSelector() as waiting:
            waiting.register(ended, selectors.EVENT_READ)
            waiting.select(seconds)
    finally:
        os.close(ended)


def status_of(process: Process, seconds: float) -> int:
    """The exit status, waited for at most so many ``seconds``. Raises subprocess.TimeoutExpired."""
    has_ended(process, seconds)
    return process.wait(0)


def end_process(process: Process) -> None:
    """Have a process end, by force where it does not within two seconds, and wait for that. Never raises."""
    if process.poll() is not None:
        return
    with suppress(OSError):
        process.terminate()
    if not has_ended(process, _PATIENCE):
        process.kill()
    process.wait()


def terminate(process: Process, *, group: bool) -> None:
    """Have a process end soon, with what it runs where it leads a ``group`` of its own. Never raises."""
    with suppress(OSError):
        if group and sys.platform != "win32":
            import signal  # noqa: PLC0415 - as below

            os.killpg(process.pid, signal.SIGTERM)
        else:
            process.terminate()


def signal_name(number: int) -> str:
    """What a signal is called."""
    import signal  # noqa: PLC0415 - seldom, and it makes three enumerations

    with suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"


def can_stop() -> bool:
    """Whether a shell goes on when we stop: one that gave us a process group of our own."""
    import signal  # noqa: PLC0415 - as above

    if not (hasattr(os, "getpgrp") and hasattr(os, "getsid") and hasattr(signal, "SIGTSTP")):
        return False
    return os.getpgrp() != os.getsid(0)


def stop() -> None:
    """Stop with all that we were started with, as ctrl+z does elsewhere; see `can_stop`."""
    if sys.platform != "win32":
        import signal  # noqa: PLC0415 - as above

        os.killpg(os.getpgrp(), signal.SIGTSTP)


def on_resume(loop: AbstractEventLoop, call: Callable[[], object]) -> None:
    """Have `loop` call this when a shell lets us go on; from here on any signal wakes the loop.

    The system may give a signal to another thread, and the loop would sleep on until something else comes.
    """
    if sys.platform != "win32":
        import signal  # noqa: PLC0415 - as above

        loop.add_signal_handler(signal.SIGCONT, call)


def restore_terminal(descriptor: int, attributes: list[Any]) -> None:
    """Put a terminal's settings back at once; where it has none, or is gone, nothing is to be done."""
    try:
        import termios  # noqa: PLC0415 - only Unix has it
    except ImportError:
        return
    with suppress(termios.error):
        termios.tcsetattr(descriptor, termios.TCSANOW, attributes)


def write_at_once(descriptor: int, data: bytes) -> None:
    """Write what can be written without waiting; errors are ignored."""
    with suppress(OSError):
        if hasattr(os, "set_blocking"):
            os.set_blocking(descriptor, False)
        os.write(descriptor, data)


def never_wait(descriptor: int) -> None:
    """Let a write to this end of a pipe take what fits, and raise BlockingIOError where nothing does."""
    if hasattr(os, "set_blocking"):
        os.set_blocking(descriptor, False)
