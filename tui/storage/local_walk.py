"""Finding what may be a machine: VMX files by name, XML files to be told by content.

Entries of a folder come in the order of their names, so two runs over one tree give one order. A symbolic
link to what the walk meets anyway is not followed, so nothing is listed twice; one that leads elsewhere is,
and each folder out there, told by device and inode, once. Memory does not grow with the tree.
"""

from __future__ import annotations

import errno
import fnmatch
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice

from tui.storage.errors import ErrorKind, UnreadableError
from tui.storage.local_folder import LOCAL_FILES, MOST_NAMES, LocalFolder
from tui.storage.place import Candidate, Source
from tui.storage.regular import unread

# Snapshots of a whole file system hold every machine again (NetApp, Btrfs and snapper, Windows shares, ZFS);
# the others hold none: vSphere HA's and VMFS's own records, what fsck found.
SKIPPED = frozenset(
    (".snapshot", ".snapshots", "~snapshot", ".zfs", ".vSphere-HA", ".sdd.sf", ".dvsData", "lost+found")
)
_SUFFIXES = (".vmx", ".xml")


Found = Candidate | UnreadableError


def excluded(path: str, globs: Sequence[str]) -> bool:
    """Whether a glob takes the path, its last part, or any folder's name in it."""
    return any(_pattern(glob).match(one) is not None for glob in globs for one in (path, *path.split("/")))


@lru_cache(maxsize=256)
def _pattern(glob: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(glob.rstrip("/")))


def walk(paths: Iterable[str], exclude: Sequence[str] = ()) -> Iterator[Found]:
    """What lies at `paths`: each file as it is given, and what every folder holds, however deep.

    A folder that cannot be listed, or is not there, is an error among them; nothing raises.
    """
    roots: list[str] = []
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112 - every path here is a str, as scandir gives it
            yield from _Walk(path, tuple(roots), exclude).run()
            roots.append(os.path.realpath(path))
        else:
            yield Candidate(path, asked=True)


class _Walk:
    """One folder and all below it. ``earlier`` are the real paths of the folders walked before it."""

    def __init__(self, root: str, earlier: tuple[str, ...], exclude: Sequence[str]) -> None:
        self._root = root
        self._real = os.path.realpath(root)
        self._covered = (*earlier, self._real)
        self._earlier = earlier
        self._exclude = exclude
        self._outside: set[tuple[int, int]] = set()

    def run(self) -> Iterator[Found]:
        """Everything found, folder by folder, without recursion: a tree may be deeper than Python's stack."""
        if self._is_below(self._earlier, self._real):
            return
        open_folders = [self._entries(self._root, outside=False)]
        while open_folders:
            found = next(open_folders[-1], None)
            if found is None:
                open_folders.pop()
            elif isinstance(found, _Folder):
                open_folders.append(self._entries(found.path, outside=found.outside))
            else:
                yield found

    def _entries(self, folder: str, *, outside: bool) -> Iterator[Found | _Folder]:
        try:
            with os.scandir(folder) as listing:
                first = list(islice(listing, MOST_NAMES + 1))
                wanted = sorted(self._wanted(chain(first, listing)), key=lambda entry: entry.name)
        except OSError as error:
            yield _unlisted(folder, error)
            return
        source = _source_of(folder, first) if wanted else LOCAL_FILES
        for entry in wanted:
            if self._exclude and excluded(entry.path[len(self._root) :].lstrip("/"), self._exclude):
                continue
            if entry.is_symlink():
                yield from self._behind_link(entry, source)
            elif entry.is_dir(follow_symlinks=False):
                if self._is_new(entry.path) if outside else not self._is_done(entry.path):
                    yield _Folder(entry.path, outside)
            else:
                yield Candidate(entry.path, source=source)

    def _wanted(self, listing: Iterable[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
        for entry in listing:
            name = entry.name
            if name.lower().endswith(_SUFFIXES) or (
                not entry.is_file(follow_symlinks=False) and name not in SKIPPED and _leads_on(entry)
            ):
                yield entry

    def _behind_link(self, entry: os.DirEntry[str], source: Source) -> Iterator[Found | _Folder]:
        try:
            is_folder = entry.is_dir()
        except OSError:  # a circle of links, or no permission on the way
            is_folder = False
        named = entry.name.lower().endswith(_SUFFIXES)
        if not is_folder and not named:
            return
        if self._is_met_anyway(os.path.realpath(entry.path), is_folder=is_folder):
            return
        if is_folder:
            if self._is_new(entry.path):
                yield _Folder(entry.path, outside=True)
        else:
            yield Candidate(entry.path, source=source)

    def _is_met_anyway(self, real: str, *, is_folder: bool) -> bool:
        """Whether the walk comes, or came, to the real path itself: it lies below a root, and not hidden."""
        if not is_folder and not (real.lower().endswith(_SUFFIXES) and _is_there(real)):
            return False
        return self._is_below(self._covered, real)

    def _is_below(self, roots: Iterable[str], real: str) -> bool:
        for root in roots:
            if real == root or real.startswith(root.rstrip("/") + "/"):
                below = real[len(root) :].lstrip("/")
                return SKIPPED.isdisjoint(below.split("/")) and not excluded(below, self._exclude)
        return False

    def _is_done(self, folder: str) -> bool:
        """Whether a folder below this root was a root before it."""
        return bool(self._earlier) and self._real + folder[len(self._root.rstrip("/")) :] in self._earlier

    def _is_new(self, folder: str) -> bool:
        """Whether a folder outside the roots was not seen yet."""
        try:
            status = os.stat(folder)  # noqa: PTH116
        except OSError:
            return True  # listing it will tell
        seen = (status.st_dev, status.st_ino)
        if seen in self._outside:
            return False
        self._outside.add(seen)
        return True


@dataclass(frozen=True, slots=True)
class _Folder:
    path: str
    outside: bool


def _leads_on(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() or entry.is_dir(follow_symlinks=False)


def _is_there(real: str) -> bool:
    """Whether a real path is something; links in a circle have none but themselves."""
    return os.path.lexists(real) and not os.path.islink(real)  # noqa: PTH114


def _source_of(folder: str, entries: Sequence[os.DirEntry[str]]) -> Source:
    """What reads the files of a folder whose entries are these, or their first so many."""
    if len(entries) > MOST_NAMES:
        return LOCAL_FILES
    return LocalFolder(
        folder if folder.endswith("/") else f"{folder}/",
        frozenset(entry.name.lower() for entry in entries),
        frozenset(entry.name for entry in entries if not entry.is_symlink()),
    )


def _unlisted(folder: str, error: OSError) -> UnreadableError:
    told = unread(folder, error)
    if error.errno == errno.EACCES:
        told.kind = ErrorKind.NO_FOLDER_PERMISSION
    return told
