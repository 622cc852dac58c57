"""Every machine below some folders of a host, in one call: first the names, then the bytes as they come.

The host lists and packs in one order, so a folder is whole once something behind its last name comes. No more
than the open folders is held. What is known only at the end is fetched then, in a few more calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from tui.storage.errors import ErrorKind, UnreadableError
from tui.storage.local_walk import excluded, named_as_one
from tui.storage.place import Candidate, Follow, Passed
from tui.storage.ssh.answers import Fields
from tui.storage.ssh.begun_walks import outermost, started
from tui.storage.ssh.connection import Running
from tui.storage.ssh.connections import CONNECTIONS
from tui.storage.ssh.fetched import LISTED_BESIDE, Fetched
from tui.storage.ssh.garbled import GarbledError
from tui.storage.ssh.host import Host, HostError
from tui.storage.ssh.late import Late, host_facts_in
from tui.storage.ssh.links import Links, link_targets
from tui.storage.ssh.listing import Listing, called, listing
from tui.storage.ssh.neighbours import address_at
from tui.storage.ssh.reasons import garbled
from tui.storage.ssh.tars import Packed, Unzipped, files_in
from tui.storage.waits import waiting

Found = Candidate | UnreadableError

_MOST_HELD = 512 * 1024 * 1024
_TRANSIENT = ".transient-"
_EXPORT = "rvtools"
_UNLISTED = re.compile(r"find: [\u2018'`]?(/.*?)['\u2019]?: ([^:]+)")


def walk(
    host: Host,
    paths: Iterable[str],
    exclude: Sequence[str] = (),
    follow: Follow = Follow.NEAR,
    passed: Passed | None = None,
) -> Iterator[Found]:
    """See `Place.walk`; what lies behind links that are followed comes last."""
    links = Links(exclude, follow, passed or Passed(), partial(address_at, host))
    try:
        yield from HostWalk(host, outermost(paths, exclude), exclude, links).run()
    except UnreadableError as error:
        yield error
    except GarbledError as error:
        yield garbled(host.address, str(error))


@dataclass(slots=True)
class _Folder:
    """A folder whose files come: their names, the machines among them, and the bytes so far."""

    names: set[str] = field(default_factory=set)
    machines: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


class HostWalk:
    """One call to one host; ``link`` is what all of it lies behind, by the root it is below."""

    def __init__(
        self,
        host: Host,
        roots: Sequence[str],
        exclude: Sequence[str],
        links: Links,
        behind: Mapping[str, str] | None = None,
    ) -> None:
        self._host = host
        self._roots = roots
        self._exclude = exclude
        self._links = links
        self._behind = behind or {}
        self._listing = Listing((), {}, (), None)
        self._covering: dict[str, Sequence[str]] = {}
        self._folders: dict[str, _Folder] = {}
        self._ends: dict[int, str] = {}
        self._late = Late(host, links)
        self._lost: list[str] = []  # listed, and did not come
        self._held = 0

    def run(self) -> Iterator[Found]:
        """Everything found, folder by folder. Raises HostError and GarbledError."""
        for _ in range(2):
            with started(self._host, self._roots) as running, waiting(running.process.terminate):
                fields = Fields(running.parts(running.connection.limits.silence))
                try:
                    fields.begin()
                except GarbledError as error:
                    # It ended before it began: who let nobody in may do so once it is asked in the terminal.
                    if self._is_let_in(running):
                        continue
                    words = running.words()
                    raise GarbledError(f"{error}; it says: {words}" if words else str(error)) from error
                yield from self.streamed(fields)
                running.end()
                yield from self._unlisted(running)
            break
        yield from self._named_alone(self._listing.missing)
        yield from self._not_streamed()
        yield from self._late.fetched(self._lost)

    def streamed(self, fields: Fields) -> Iterator[Found]:
        """What one call prints: the names, then the files. Raises GarbledError."""
        self._listing = listing(fields, self._roots)
        self._take_roots()
        yield from self._fetched(fields)

    def _take_roots(self) -> None:
        if not self._behind:
            reals = self._listing.reals
            self._links.walk_roots({root: reals[root] for root in self._roots if root in reals})
            self._covering = {root: self._links.covering(root) for root in self._roots}
            self._late.called = called(self._roots, reals)
            CONNECTIONS.learn(self._host, self._late.called)
        if self._listing.unheard:
            self._links.unheard(self._host.name)

    def _is_let_in(self, running: Running) -> bool:
        try:
            running.end()
        except HostError as error:
            if error.kind is ErrorKind.NOT_LET_IN and CONNECTIONS.ask(self._host):
                return True
            raise
        return False

    def _fetched(self, fields: Fields) -> Iterator[Found]:
        names = self._listing.names
        last: dict[str, int] = {}
        for number, path in enumerate(names):
            folder, _, name = path.rpartition("/")
            last[folder] = number
            self._take(folder, name)
        self._ends = {number: folder for folder, number in last.items()}
        at = 0
        for packed in files_in(Unzipped(fields.rest())):
            path = self._path_of(packed)
            folder, _, name = path.rpartition("/")
            entry = self._folders.get(folder)
            if entry is None or name not in entry.names:
                continue  # it was not there when the names were listed
            while names[at] != path:
                if at in self._ends:
                    yield from self._whole(self._ends[at])
                at += 1
                if at == len(names):
                    raise GarbledError("its files come in another order than their names")
            entry.files[name] = packed.data
            self._held += len(packed.data)
            if self._held > _MOST_HELD:
                raise GarbledError("a folder with more than any machine has")
        for number in range(at, len(names)):
            if number in self._ends:
                yield from self._whole(self._ends[number])

    def _take(self, folder: str, name: str) -> None:
        entry = self._folders.get(folder)
        if entry is None:
            entry = self._folders[folder] = _Folder()
        if named_as_one(name):
            if not self._is_excluded(f"{folder}/{name}"):
                entry.machines.append(name)
        elif not _is_beside(name.lower()):
            if not self._is_excluded(f"{folder}/{name}"):
                self._lost.append(f"{folder}/{name}")
            return
        entry.names.add(name)

    def _is_excluded(self, path: str) -> bool:
        if not self._exclude:
            return False
        return excluded(path[len(self._root_of(path)) :].lstrip("/"), self._exclude)

    def _root_of(self, path: str) -> str:
        return max((one for one in self._roots if path.startswith(one.rstrip("/"))), key=len, default="")

    def _path_of(self, packed: Packed) -> str:
        """tar drops the slash in front."""
        name = packed.name
        return name if name.startswith("./") else f"/{name.lstrip('/')}"

    def _whole(self, folder: str) -> Iterator[Found]:
        """The machines of a folder all of whose files have come."""
        entry = self._folders.pop(folder)
        self._held -= sum(map(len, entry.files.values()))
        if not entry.machines:
            return
        names = frozenset(entry.names)
        root = self._root_of(folder) if self._behind or any(self._covering.values()) else ""
        for name in sorted(entry.machines):
            path = f"{folder}/{name}"
            if not self._is_first(root, f"{self._listing.real(folder)}/{name}" if root else path):
                continue
            if name not in entry.files:
                self._lost.append(path)
                continue
            facts = host_facts_in(self._host.name, *self._listing.vm_of(folder, name))
            source = Fetched(self._host, f"{folder}/", _beside(name, entry.files), names, facts=facts)
            yield from self._late.with_all_at_hand(path, source, link=self._behind.get(root))

    def _is_first(self, root: str, real: str) -> bool:
        """Whether no other way leads to a file that is found below this root."""
        if root in self._behind:
            return self._links.is_new(real)
        covering = self._covering.get(root)
        return not covering or not self._links.is_met(covering, real)

    # What is known only at the end

    def _unlisted(self, running: Running) -> Iterator[UnreadableError]:
        """The folders that the host could not list."""
        for line in running.lines():
            found = _UNLISTED.fullmatch(line)
            if found is not None:
                denied = "ermission denied" in found[2]
                kind = ErrorKind.NO_FOLDER_PERMISSION if denied else ErrorKind.IO_ERROR
                yield UnreadableError(
                    address_at(self._host, found[1]),
                    f"it cannot be listed ({found[2]})",
                    "log in as who may, or look at the host",
                    kind,
                )

    def _named_alone(self, paths: Sequence[str]) -> Iterator[Found]:
        """Files that were named, each with its neighbours; not those that a walk comes to."""
        for path in paths:
            yield from self._late.looked_at(path, asked=True)

    def _not_streamed(self) -> Iterator[Found]:
        """The names whose bytes did not come: links, what became too large, what was just made."""
        folders: dict[str, str] = {}
        files: list[str] = []
        for path, kind, real in link_targets(self._host, self._lost) if self._lost else ():
            link = self._behind.get(self._root_of(path)) or path
            if kind == "d":
                if self._links.is_to_walk(path, real):
                    folders[path] = link
            elif not named_as_one(path.rpartition("/")[2]):
                continue
            elif kind == "f":
                files.append(path)
            elif self._links.is_to_read(path, real):
                yield from self._late.looked_at(path, asked=False, link=link)
        self._lost = files
        if folders:
            walk_on = HostWalk(self._host, list(folders), self._exclude, self._links, folders)
            walk_on._late.called = self._late.called
            yield from walk_on.run()


def _is_beside(low: str) -> bool:
    """Whether a name, in small letters, is of what lies beside a machine; any other was listed as a link."""
    return low.endswith(LISTED_BESIDE) or _TRANSIENT in low or low.startswith(_EXPORT)


def _beside(name: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What counts for a machine, or an export, of the files in its folder."""
    low = name.lower()
    if low.endswith(".xml"):
        wanted = {name}
    elif low.startswith(_EXPORT):
        wanted = {one for one in files if one.lower().startswith(_EXPORT)}
    else:
        own = {name, f"{name.rpartition('.')[0]}.vmsd"}
        wanted = {one for one in files if one in own or one.lower().endswith(".vmdk")}
    return {one: files[one] for one in files if one in wanted}
