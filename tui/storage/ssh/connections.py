"""Every host that is connected to, each once; and who may be asked for a password, and when."""

from __future__ import annotations

import atexit
import os
import shlex
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from threading import RLock

from tui.storage.errors import ErrorKind
from tui.storage.host_limits import limits, questions_allowed
from tui.storage.ssh.connection import Connection, end_running
from tui.storage.ssh.host import Host, HostError

# A host that was down a moment ago is not waited for again by the same command.
_REMEMBERED = 30.0
_SOON = 1.0

Waiting = Callable[[Sequence[str]], object]
"""Hears the addresses of hosts that are waited for."""


class Connections:
    """The connections of one run. Safe to be asked from several threads."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._given = environment
        self._open: dict[Host, Connection] = {}
        self._failed: dict[Host, tuple[float, HostError]] = {}
        self._called: dict[Host, Mapping[str, str]] = {}
        self._folder: str | None = None
        self._lock = RLock()
        self._asking = RLock()
        self._locks: dict[Host, RLock] = {}

    def to(self, host: Host, *, ask: bool | None = None) -> Connection:
        """The connection to a host, made now where there is none. Raises HostError.

        ``ask`` tells whether ssh may ask in the terminal (None: where that is allowed).
        """
        with self._lock:
            lock = self._locks.setdefault(host, RLock())
        with lock:
            if host in self._open:
                return self._open[host]
            connection = self.alone(host)
            try:
                connection.open(ask=questions_allowed() if ask is None else ask)
            except HostError as error:
                self._failed[host] = (time.monotonic(), error)
                raise
            self._open[host] = connection
            return connection

    def alone(self, host: Host) -> Connection:
        """What runs a script on a host: over its connection where there is one, else by one of its own.

        Raises HostError for one that could not be reached a moment ago.
        """
        if host in self._open:
            return self._open[host]
        self._raise_again(host)
        return Connection(host, self._program(host), self._private_folder(), limits())

    def _raise_again(self, host: Host) -> None:
        at, error = self._failed.get(host, (0.0, None))
        if error is not None:
            if time.monotonic() - at < _REMEMBERED:
                raise error
            del self._failed[host]

    def connect(self, hosts: Iterable[Host], waiting: Waiting = lambda _: None) -> None:
        """Connect to hosts, many at once; those that want an answer are then asked one by one. Never raises.

        ``waiting`` hears which of many are waited for after a second. What went wrong is told again where the
        host is needed.
        """
        wanted = list(dict.fromkeys(hosts))
        if len(wanted) == 1:
            self._tried(wanted[0])
            return
        from concurrent.futures import ThreadPoolExecutor, wait  # noqa: PLC0415 - one host needs none

        with ThreadPoolExecutor(limits().hosts) as pool:
            try:
                tries = [pool.submit(self._tried, host, ask=False) for host in wanted]
                left = wait(tries, _SOON).not_done
                if left:
                    waiting([host.address for host, one in zip(wanted, tries, strict=True) if one in left])
                errors = [one.result() for one in tries]
            except BaseException:  # an interrupt need not wait for all the others
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        for host, error in zip(wanted, errors, strict=True):
            if error is not None and error.kind is ErrorKind.NOT_LET_IN:
                self.ask(host)

    def ask(self, host: Host) -> bool:
        """Connect to a host that wants an answer, where ssh may ask; whether that let us in."""
        if not questions_allowed():
            return False
        with self._asking:
            self._failed.pop(host, None)
            return self._tried(host) is None

    def _tried(self, host: Host, *, ask: bool | None = None) -> HostError | None:
        try:
            self.to(host, ask=ask)
        except HostError as error:
            return error
        return None

    def learn(self, host: Host, called: Mapping[str, str]) -> None:
        """Keep what a walk has learnt of folders with several names there: see :meth:`called_on`."""
        self._called[host] = called

    def called_on(self, host: Host) -> Mapping[str, str]:
        """How the last walk of a host called folders with several names, by each of them."""
        return self._called.get(host, {})

    def close(self) -> None:
        """End them all, and remove the folder of their sockets."""
        end_running()
        with self._lock:
            ended = list(self._open.values())
            self._open.clear()
            self._failed.clear()
            for connection in ended:
                connection.close()
            if self._folder is not None:
                with suppress(OSError):  # ssh takes its socket away when it ends
                    for left in os.listdir(self._folder):
                        os.unlink(f"{self._folder}/{left}")
                    os.rmdir(self._folder)
                self._folder = None

    def _program(self, host: Host) -> list[str]:
        words = os.environ.get("DISKMODE_SSH") if self._given is None else self._given.get("DISKMODE_SSH")
        try:
            return shlex.split(words or "") or ["ssh"]
        except ValueError as error:
            what = f"DISKMODE_SSH is no command ({error})"
            remedy = "write it as a shell would take it, or unset it"
            raise HostError(host.address, what, remedy, ErrorKind.UNREACHABLE) from error

    def _private_folder(self) -> str:
        """Made with mode 0700 and a short name: the path of a socket has about a hundred bytes."""
        with self._lock:
            if self._folder is None:
                self._folder = _made_folder()
                atexit.register(self.close)  # where nobody else does
            return self._folder


def _made_folder() -> str:
    """A folder of our own, for nobody else: mkdir(2) takes no name that is there, be it a link."""
    folder = f"{os.environ.get('TMPDIR') or '/tmp'}/diskmode-{os.urandom(4).hex()}"
    try:
        os.mkdir(folder, 0o700)
    except OSError:
        import tempfile  # noqa: PLC0415 - it looks for another place, and takes long to load

        return tempfile.mkdtemp(prefix="diskmode-")
    return folder


CONNECTIONS = Connections()
"""Those of this process."""
