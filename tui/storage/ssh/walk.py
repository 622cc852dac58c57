"""Every machine below some folders of a host, in one call: first the names, then the bytes as they come.

The host lists and packs in one order, so a folder is whole once something behind its last name comes. No more
than the open folders is held. What is known only at the end is fetched then, in a few more calls.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from tui.storage.errors import ErrorKind, UnreadableError
from tui.storage.local_walk import excluded
from tui.storage.place import Candidate
from tui.storage.regular import MAX_BYTES
from tui.storage.ssh.answers import Fields, Head
from tui.storage.ssh.connection import Running
from tui.storage.ssh.connections import CONNECTIONS
from tui.storage.ssh.fetched import Fetched
from tui.storage.ssh.garbled import GarbledError
from tui.storage.ssh.host import Host, HostError
from tui.storage.ssh.neighbours import heads_of
from tui.storage.ssh.reasons import garbled, unread_at
from tui.storage.ssh.scripts import FIND, SMALL, VOLUMES
from tui.storage.ssh.tars import Packed, Unzipped, files_in

if TYPE_CHECKING:
    from tui.storage.ssh.place import SshPlace

Found = Candidate | UnreadableError

_MACHINES = (".vmx", ".vmtx", ".xml")
_MOST_NAMES = 4_000_000
_MOST_HELD = 512 * 1024 * 1024
_AT_ONCE = 64  # heads in one call: 4 MiB
# What a file names elsewhere, or too large to be fetched whole: VMX, descriptor, domain.
_NAMED_BY = {
    ".vmdk": re.compile(rb'parentFileNameHint\s*=\s*"([^"\n]+)"'),
    ".xml": re.compile(rb"<source\s[^>]*?\b(?:file|dev)\s*=\s*[\"']([^\"'<\n]+)"),
    ".vmx": re.compile(rb'[fF]ile[nN]ame\s*=\s*"([^"\n]+)"'),
}
_UNLISTED = re.compile(r"find: [\u2018'`]?(/.*?)['\u2019]?: ([^:]+)")


def walk(place: SshPlace, paths: Iterable[str], exclude: Sequence[str]) -> Iterator[Found]:
    """See `Place.walk`; no link to a folder is followed."""
    roots = _outermost(paths)
    try:
        yield from _Walk(place, roots, exclude).run()
    except HostError as error:
        yield error
    except GarbledError as error:
        yield garbled(place.host.address, str(error))


def _outermost(paths: Iterable[str]) -> list[str]:
    """Each path once, and none below another: they are walked by the one above."""
    kept: list[str] = []
    for path in dict.fromkeys(posixpath.normpath(path) if path != "./" else "." for path in paths):
        if not any(path.startswith(f"{other.rstrip('/')}/") for other in kept):
            kept = [other for other in kept if not other.startswith(f"{path.rstrip('/')}/")]
            kept.append(path)
    return [path if path.startswith("/") else f"./{path}" for path in kept]


_BEGUN: dict[tuple[Host, tuple[str, ...]], tuple[ExitStack, Running]] = {}


def begin(host: Host, paths: Iterable[str]) -> None:
    """Let a host begin with what a walk of these paths will ask it; never raises.

    A program can load what judges the machines meanwhile. A walk of others begins anew.
    """
    roots = tuple(_outermost(paths))
    with ExitStack() as stack, suppress(HostError):
        running = stack.enter_context(_calling(host, roots))
        _BEGUN[host, roots] = (stack.pop_all(), running)


def forget_begun() -> None:
    """End what was begun and is not walked."""
    while _BEGUN:
        _, (stack, _) = _BEGUN.popitem()
        stack.close()


def _calling(host: Host, roots: Sequence[str]) -> AbstractContextManager[Running]:
    words = (str(SMALL // 512 + 1), str(MAX_BYTES // 512 + 1), VOLUMES, *roots)
    return CONNECTIONS.alone(host).start(FIND, *words)


@contextmanager
def _started(host: Host, roots: Sequence[str]) -> Iterator[Running]:
    """The call, begun before or now."""
    begun = _BEGUN.pop((host, tuple(roots)), None)
    if begun is None:
        with _calling(host, roots) as running:
            yield running
    else:
        with begun[0]:
            yield begun[1]


@dataclass(slots=True)
class _Folder:
    """A folder whose files come: their names, the machines among them, and the bytes so far."""

    names: set[str] = field(default_factory=set)
    machines: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


class _Later(NamedTuple):
    """A file that names what is not at hand."""

    path: str
    asked: bool
    source: Fetched
    wanted: Sequence[str]


class _Walk:
    """One call to one host."""

    def __init__(self, place: SshPlace, roots: Sequence[str], exclude: Sequence[str]) -> None:
        self._place = place
        self._roots = roots
        self._exclude = exclude
        self._folders: dict[str, _Folder] = {}
        self._ends: dict[int, str] = {}
        self._later: list[_Later] = []
        self._lost: list[str] = []  # listed, and did not come
        self._held = 0

    def run(self) -> Iterator[Found]:
        """Everything found, folder by folder. Raises HostError and GarbledError."""
        alone: list[str] = []
        for _ in range(2):
            with _started(self._place.host, self._roots) as running:
                fields = Fields(running.parts(running.connection.limits.silence))
                try:
                    alone = list(fields.block(len(self._roots)))
                except GarbledError:
                    # It ended before it began: who let nobody in may do so once it is asked in the terminal.
                    if self._is_let_in(running):
                        continue
                    raise
                yield from self._listed_and_fetched(fields)
                running.end()
                yield from self._unlisted(running)
            break
        yield from self._named_alone(alone)
        yield from self._fetched_late()

    def _is_let_in(self, running: Running) -> bool:
        try:
            running.end()
        except HostError as error:
            if error.kind is ErrorKind.NOT_LET_IN and CONNECTIONS.ask(self._place.host):
                return True
            raise
        return False

    def _listed_and_fetched(self, fields: Fields) -> Iterator[Found]:
        names = [*fields.block(_MOST_NAMES)]
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
                yield from self._passed(at)
                at += 1
                if at == len(names):
                    raise GarbledError("its files come in another order than their names")
            entry.files[name] = packed.data
            self._held += len(packed.data)
            if self._held > _MOST_HELD:
                raise GarbledError("a folder with more than any machine has")
        while at < len(names):
            yield from self._passed(at)
            at += 1

    def _take(self, folder: str, name: str) -> None:
        entry = self._folders.get(folder)
        if entry is None:
            entry = self._folders[folder] = _Folder()
        entry.names.add(name)
        if name.lower().endswith(_MACHINES) and not self._is_excluded(f"{folder}/{name}"):
            entry.machines.append(name)

    def _is_excluded(self, path: str) -> bool:
        if not self._exclude:
            return False
        root = max((one for one in self._roots if path.startswith(one.rstrip("/"))), key=len, default="")
        return excluded(path[len(root) :].lstrip("/"), self._exclude)

    def _path_of(self, packed: Packed) -> str:
        """tar drops the slash in front."""
        name = packed.name
        return name if name.startswith("./") else f"/{name.lstrip('/')}"

    def _passed(self, number: int) -> Iterator[Found]:
        """The machines of a folder whose last name was passed."""
        folder = self._ends.get(number)
        if folder is None:
            return
        entry = self._folders.pop(folder)
        self._held -= sum(map(len, entry.files.values()))
        names = frozenset(entry.names)
        disks = {name: data for name, data in entry.files.items() if name.lower().endswith(".vmdk")}
        for name in sorted(entry.machines):
            path = f"{folder}/{name}"
            if name not in entry.files:
                self._lost.append(path)
                continue
            stem = name.rpartition(".")[0]
            is_domain = name.lower().endswith(".xml")
            own = {one: entry.files[one] for one in (name, f"{stem}.vmsd") if one in entry.files}
            source = Fetched(self._place.host, f"{folder}/", own if is_domain else {**disks, **own}, names)
            yield from self._with_all_at_hand(path, source)

    # What is known only at the end

    def _unlisted(self, running: Running) -> Iterator[UnreadableError]:
        """The folders that the host could not list."""
        for line in running.lines():
            found = _UNLISTED.fullmatch(line)
            if found is not None:
                denied = "ermission denied" in found[2]
                kind = ErrorKind.NO_FOLDER_PERMISSION if denied else ErrorKind.IO_ERROR
                yield UnreadableError(
                    self._place.address(found[1]),
                    f"it cannot be listed ({found[2]})",
                    "log in as who may, or look at the host",
                    kind,
                )

    def _named_alone(self, paths: Sequence[str]) -> Iterator[Found]:
        """Files that were named, each with its neighbours."""
        for path in paths:
            source = self._place.at(path)
            try:
                looked = source.looked
            except UnreadableError as error:
                yield error
                continue
            folder = f"{posixpath.dirname(looked.real)}/"
            fetched = Fetched(self._place.host, folder, looked.beside, looked.names)
            yield from self._with_all_at_hand(looked.real, fetched, asked=True)

    def _fetched_late(self) -> Iterator[Found]:
        """Those that did not come, and those that name what lies elsewhere, a few at a time."""
        lost = iter(self._lost)
        while batch := list(islice(lost, _AT_ONCE)):
            for path, head in heads_of(self._place.host, batch).items():
                folder, _, name = path.rpartition("/")
                if head.status:
                    yield unread_at(self._place.address(path), head.status)
                elif head.size > SMALL:
                    yield from self._named_alone([path])
                else:
                    found = Fetched(self._place.host, f"{folder}/", {name: head.data}, frozenset((name,)))
                    yield Candidate(path, source=found)
        later = iter(self._later)
        while group := list(islice(later, _AT_ONCE)):
            yield from self._with_heads(group)

    def _with_all_at_hand(self, path: str, source: Fetched, *, asked: bool = False) -> Iterator[Candidate]:
        """The candidate, now or where it names what is not at hand, later."""
        wanted = _wanted_elsewhere(source)
        if wanted:
            self._later.append(_Later(path, asked, source, wanted))
        else:
            yield Candidate(path, asked, source)

    def _with_heads(self, group: Sequence[_Later]) -> Iterator[Candidate]:
        paths = iter(dict.fromkeys(path for each in group for path in each.wanted))
        heads: dict[str, Head] = {}
        while batch := list(islice(paths, _AT_ONCE)):
            heads |= heads_of(self._place.host, batch)
        for one in group:
            own = {path: heads[path] for path in one.wanted}
            yield Candidate(one.path, one.asked, replace(one.source, heads=own))


def _wanted_elsewhere(source: Fetched) -> list[str]:
    """What the file and its descriptors name, and the walk has not fetched."""
    found: dict[str, None] = {}
    for text in _names_in(source):
        name = text.decode("utf-8", "surrogateescape")
        if name in source.files:
            continue
        path = name if name.startswith("/") else posixpath.normpath(f"{source.folder}{name}")
        beside = path.removeprefix(source.folder)
        if beside in source.files or ("/" not in beside and beside not in source.names):
            continue
        if not name.lower().endswith((".iso", ".flp")):
            found[path] = None
    return list(found)[:_AT_ONCE]


def _names_in(source: Fetched) -> Iterator[bytes]:
    for name, data in source.files.items():
        suffix = name[name.rfind(".") :].lower()
        if suffix != ".vmsd":
            yield from _NAMED_BY.get(suffix, _NAMED_BY[".vmx"]).findall(data)
