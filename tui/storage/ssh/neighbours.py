"""One file on a host with all that lies beside it, fetched in one call when it is first asked for."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from tui.storage.errors import UnreadableError
from tui.storage.local_reading import HEAD_BYTES
from tui.storage.reasons import EMPTY
from tui.storage.regular import MAX_BYTES, absent, refusal
from tui.storage.ssh import answers
from tui.storage.ssh.answers import Head, Looked
from tui.storage.ssh.connections import CONNECTIONS
from tui.storage.ssh.garbled import GarbledError
from tui.storage.ssh.host import Host
from tui.storage.ssh.listing import under
from tui.storage.ssh.reasons import garbled, unread_at
from tui.storage.ssh.scripts import HEADS, LOOK, SMALL, VOLUMES, Ended

if TYPE_CHECKING:
    from tui.disks import HostFacts

# Of a file and the small ones beside it: a folder may hold many.
_MOST = 2 * MAX_BYTES
_MOST_HEADS = 256
_LONGEST_PATH = 4096  # PATH_MAX of linux/limits.h
NOT_TAKEN = "it is a link, or larger than 4 MiB"
"""Of a record of snapshots that lies there, and did not come with the others."""


def address_at(host: Host, path: str) -> str:
    """What people call a file there."""
    return f"{host.address}/~/{path[2:]}" if path.startswith("./") else f"{host.address}{path}"


def look(host: Host, path: str) -> Looked:
    """One file, its neighbours and what the host knows of it, in one round trip. Raises UnreadableError."""
    connection = CONNECTIONS.to(host)
    words = (path, str(MAX_BYTES), str(SMALL // 512 + 1), VOLUMES)
    answer = connection.run_patiently(LOOK, *words, most=_MOST, seconds=connection.limits.facts)
    address = address_at(host, path)
    if answer.status:
        raise unread_at(address, answer.status)
    try:
        return answers.looked(answer.data, host.name, cut=answer.cut)
    except GarbledError as error:
        if answer.cut:
            raise connection.silent(connection.limits.facts, "ssh.facts") from error
        raise garbled(address, str(error)) from error


def heads_of(host: Host, paths: Sequence[str]) -> dict[str, Head]:
    """The first bytes of some files, in one round trip. Raises UnreadableError.

    What no file can be called is not asked for: a NUL would end one name and begin another.
    """
    named = {path: path.encode("utf-8", "surrogateescape") for path in paths}
    asked = [path for path, name in named.items() if b"\0" not in name and len(name) < _LONGEST_PATH]
    found = dict.fromkeys(paths, Head(Ended.MISSING, 0, b""))
    if not asked:
        return found
    names = b"".join(named[path] + b"\0" for path in asked)
    most = (SMALL + 64) * len(asked) + 1
    answer = CONNECTIONS.to(host).run(HEADS, str(SMALL), data=names, most=most)
    if answer.status:
        raise unread_at(host.address, answer.status)
    try:
        return found | answers.heads(asked, [answer.data])
    except GarbledError as error:
        raise garbled(host.address, str(error)) from error


class Neighbours:
    """A `Source` of one file and its folder as they were when it was first asked; it stays with its process.

    What lies elsewhere is fetched when it is asked for, all at once where it was `expect`-ed.
    """

    def __init__(self, host: Host, path: str) -> None:
        self._host = host
        self._path = path
        self._looked: Looked | None = None
        self._heads: dict[str, Head] = {}

    @property
    def looked(self) -> Looked:
        """What was fetched, now where it was not yet. Raises UnreadableError."""
        if self._looked is None:
            self._looked = look(self._host, self._path)
        return self._looked

    def address(self, path: str) -> str:
        """See `Source`."""
        return address_at(self._host, path)

    def read_bytes(self, path: str, wanted: Callable[[bytes], bool] | None = None) -> bytes | None:
        """See `Source`."""
        found = self.looked if path == self._path else look(self._host, path)
        if not found.data:
            raise refusal(self.address(path), EMPTY)
        return found.data if wanted is None or wanted(found.data[:HEAD_BYTES]) else None

    def read_head(self, path: str, size: int, within: str | None = None) -> bytes:
        """See `Source`."""
        name = self._name_beside(path)
        if name is not None:
            if name in self.looked.beside:
                return self.looked.beside[name][:size]
            if name not in self.looked.names:
                raise absent(self.address(path))
            if within is not None:
                raise UnreadableError(self.address(path), NOT_TAKEN, "look at it yourself")
            self.expect(self._large_ones(path))
        return self._head(path).data[:size]

    def is_there(self, path: str) -> bool:
        """See `Source`."""
        try:
            name = self._name_beside(path)
            if name is not None:
                return name in self.looked.names
            return self._head_asked(path).status != Ended.MISSING
        except UnreadableError:
            return False

    def names_in(self, folder: str) -> Sequence[str]:
        """See `Source`."""
        try:
            own = posixpath.normpath(folder or ".") == posixpath.dirname(self.looked.real)
            return sorted(self.looked.names) if own else ()
        except UnreadableError:
            return ()

    def real_file(self, path: str) -> str:
        """See `Source`."""
        try:
            return self.looked.real if path == self._path else path
        except UnreadableError:
            return path

    def real_folder(self, folder: str) -> str:
        """See `Source`: the file's own is free of links, and no call is made for another."""
        return under(CONNECTIONS.called_on(self._host), folder)

    def host_facts(self, path: str) -> HostFacts | None:
        """See `Source`."""
        try:
            return self.looked.facts if path == self._path else None
        except UnreadableError:
            return None

    def expect(self, paths: Iterable[str]) -> None:
        """See `Source`."""
        try:
            wanted = [
                path
                for path in dict.fromkeys(paths)
                if path not in self._heads and (self._name_beside(path) or path) not in self.looked.beside
            ]
            if wanted:
                self._heads |= heads_of(self._host, wanted[:_MOST_HEADS])
        except UnreadableError:
            return  # told where one of them is read

    def _name_beside(self, path: str) -> str | None:
        """The name of a file in the folder that was fetched; None for one elsewhere."""
        folder, name = posixpath.split(posixpath.normpath(path))
        return name if folder == posixpath.dirname(self.looked.real) else None

    def _large_ones(self, path: str) -> list[str]:
        """The disks that were not fetched whole: whoever asks for one of them will ask for others."""
        folder = posixpath.dirname(path)
        large = (name for name in sorted(self.looked.names) if name.lower().endswith(".vmdk"))
        return [path, *(posixpath.join(folder, name) for name in large if name not in self.looked.beside)]

    def _head_asked(self, path: str) -> Head:
        if path not in self._heads:
            self._heads |= heads_of(self._host, [path])
        return self._heads[path]

    def _head(self, path: str) -> Head:
        head = self._head_asked(path)
        if head.status:
            raise unread_at(self.address(path), head.status)
        return head
