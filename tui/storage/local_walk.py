"""Finding what may be a machine: VMX files by name, XML files to be told by content.

Entries of a folder come in the order of their names, so two runs over one tree give one order. A symbolic
link to what the walk meets anyway is not followed, so nothing is listed twice. Whether one that leads out of
the folders given is followed, ``Follow`` says; what is reached by it is marked, and each file and folder out
there is met once. Memory does not grow with the tree.
"""

from __future__ import annotations

import errno
import fnmatch
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from operator import attrgetter
from typing import NamedTuple

from tui import posix
from tui.storage.errors import ErrorKind, UnreadableError
from tui.storage.local_files import LOCAL_FILES
from tui.storage.local_folder import MOST_NAMES, LocalFolder
from tui.storage.place import Candidate, Follow, Passed, Source
from tui.storage.regular import unread

# Snapshots of a whole file system hold every machine again (NetApp, Btrfs and snapper, Windows shares, ZFS);
# the others hold none: vSphere HA's and VMFS's own records, what fsck found.
SKIPPED = frozenset(
    (".snapshot", ".snapshots", "~snapshot", ".zfs", ".vSphere-HA", ".sdd.sf", ".dvsData", "lost+found")
)
_SUFFIXES = (".vmx", ".vmtx", ".xml")
# What RVTools calls an export: the workbook, and the table of disks among the CSVs of one.
_EXPORT = re.compile(r"(?i)RVTools.*\.xlsx|RVTools_tabvDisk.*\.csv")
_EXPORT_STARTS = ("RVT", "rvt", "Rvt")


Found = Candidate | UnreadableError


def named_as_one(name: str) -> bool:
    """Whether a file's name is that of a machine, or of an export that tells of machines."""
    return name.lower().endswith(_SUFFIXES) or (
        name[:3] in _EXPORT_STARTS and _EXPORT.fullmatch(name) is not None
    )


def excluded(path: str, globs: Sequence[str]) -> bool:
    """Whether a glob takes the path, its last part, or any folder's name in it."""
    return any(_pattern(glob).match(one) is not None for glob in globs for one in (path, *path.split("/")))


@lru_cache(maxsize=256)
def _pattern(glob: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(glob.rstrip("/")))


def walk(
    paths: Iterable[str],
    exclude: Sequence[str] = (),
    follow: Follow = Follow.NEAR,
    passed: Passed | None = None,
) -> Iterator[Found]:
    """What lies at ``paths``: each file as it is given, and what every folder holds, however deep.

    A folder that cannot be listed, or is not there, is an error among them; nothing raises. Links that are
    not followed are counted in ``passed``. One file named twice, or lying in a folder walked before, is
    given once.
    """
    known, passed = _Known(), passed or Passed()
    for path in paths:
        real = _real(path)
        if _is_folder(path):
            yield from _Walk(_Folder(path, real), known, exclude, follow, passed).run()
            known.roots.append(real)
        elif real not in known.files and not known.is_below_a_root(real, exclude):
            known.files.add(real)
            yield Candidate(path, asked=True)


def _real(path: str) -> str:
    try:
        return posix.slashes(os.path.realpath(path))
    except (OSError, ValueError):  # no folder to be in any more, or a name no file can have
        return path


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


class _Known:
    """What was met before: real paths of whole folders, of files out of them, and folders behind links."""

    def __init__(self) -> None:
        self.roots: list[str] = []
        self.files: set[str] = set()
        self.folders: set[tuple[int, int]] = set()

    def is_below_a_root(self, real: str, exclude: Sequence[str]) -> bool:
        """Whether the walk of a folder before came to the real path of a file itself."""
        return named_as_one(real.rpartition("/")[2]) and _is_there(real) and is_met(self.roots, real, exclude)

    def is_new_folder(self, folder: str) -> bool:
        """Whether a folder behind a link was not met yet; from now on it was."""
        try:
            status = os.stat(folder)
        except OSError:
            return True  # listing it will tell
        seen = (status.st_dev, status.st_ino)
        if seen in self.folders:
            return False
        self.folders.add(seen)
        return True

    def is_new_file(self, real: str) -> bool:
        """Whether a file behind a link was not met yet; from now on it was."""
        if real in self.files:
            return False
        self.files.add(real)
        return True


class _Folder(NamedTuple):
    """A folder to be listed. ``real`` is its real path, ``link`` the symbolic link it lies behind."""

    path: str
    real: str
    link: str | None = None


class _Walk:
    """One folder and all below it. ``known`` is what was met before."""

    def __init__(
        self, root: _Folder, known: _Known, exclude: Sequence[str], follow: Follow, passed: Passed
    ) -> None:
        self._root = root
        self._known = known
        self._covered = (*known.roots, root.real)
        self._exclude = exclude
        self._follow = follow
        self._passed = passed

    def run(self) -> Iterator[Found]:
        """Everything found, folder by folder, without recursion: a tree may be deeper than Python's stack."""
        if is_met(self._known.roots, self._root.real, self._exclude):
            return
        open_folders = [self._entries(self._root)]
        while open_folders:
            found = next(open_folders[-1], None)
            if found is None:
                open_folders.pop()
            elif isinstance(found, _Folder):
                open_folders.append(self._entries(found))
            else:
                yield found

    def _entries(self, folder: _Folder) -> Iterator[Found | _Folder]:
        try:
            with os.scandir(folder.path) as listing:
                first = list(islice(listing, MOST_NAMES + 1))
                wanted = sorted(_wanted(chain(first, listing)), key=attrgetter("name"))
        except OSError as error:
            yield _unlisted(folder, error)
            return
        source = _source_of(folder.path, first) if wanted else LOCAL_FILES
        for entry in wanted:
            path = posix.slashes(entry.path)
            if self._exclude and excluded(self._below_root(path), self._exclude):
                continue
            if entry.is_symlink():
                yield from self._behind_link(entry, folder, source)
                continue
            real = _joined(folder.real, entry.name)
            if entry.is_dir(follow_symlinks=False):
                if self._is_to_be_listed(path, real, folder.link):
                    yield _Folder(path, real, folder.link)
            elif self._is_new(real, folder.link):
                yield Candidate(path, source=source, link=folder.link)

    def _below_root(self, path: str) -> str:
        return path[len(self._root.path) :].lstrip("/")

    def _is_to_be_listed(self, folder: str, real: str, link: str | None) -> bool:
        if link is not None:
            return not self._is_met_anyway(real) and self._known.is_new_folder(folder)
        return real not in self._known.roots

    def _is_new(self, real: str, link: str | None) -> bool:
        """Whether a file was not met yet. Only those behind a link are remembered: others come once."""
        if link is not None:
            return not self._is_met_anyway(real) and self._known.is_new_file(real)
        return real not in self._known.files

    def _behind_link(
        self, entry: os.DirEntry[str], folder: _Folder, source: Source
    ) -> Iterator[Found | _Folder]:
        path = posix.slashes(entry.path)
        try:
            is_folder = entry.is_dir()
        except OSError:  # a circle of links, or no permission on the way
            is_folder = False
        if not is_folder and not named_as_one(entry.name):
            return
        real = _real(path)
        like_one = is_folder or (named_as_one(real.rpartition("/")[2]) and _is_there(real))
        if like_one and self._is_met_anyway(real):
            return
        if not lies_in(real, self._covered) and not may_follow(
            self._follow, real, self._covered, is_folder=is_folder
        ):
            self._passed.by(path)
            return
        link = folder.link or path
        if is_folder:
            if self._known.is_new_folder(path):
                yield _Folder(path, real, link)
        elif not _is_there(real) or self._known.is_new_file(real):
            yield Candidate(path, source=source, link=link)

    def _is_met_anyway(self, real: str) -> bool:
        """Whether the walk comes, or came, to the real path itself: it lies below a root, and not hidden."""
        return is_met(self._covered, real, self._exclude)


def may_follow(follow: Follow, real: str, covered: Sequence[str], *, is_folder: bool) -> bool:
    """Whether a link to a real path out of the folders that are walked is followed; see `Follow`."""
    if follow is Follow.NEAR and is_folder:
        return real.count("/") > 1 and not any(lies_in(root, (real,)) for root in covered)
    return follow is not Follow.NONE


def _joined(folder: str, name: str) -> str:
    return f"{folder}{name}" if folder.endswith("/") else f"{folder}/{name}"


def lies_in(real: str, folders: Iterable[str]) -> bool:
    """Whether a real path is one of these folders or lies below one."""
    return any(real == one or real.startswith(one.rstrip("/") + "/") for one in folders)


def is_met(roots: Iterable[str], real: str, exclude: Sequence[str]) -> bool:
    """Whether a walk of these roots, by their real paths, comes to a real path."""
    for root in roots:
        if lies_in(real, (root,)):
            below = real[len(root) :].lstrip("/")
            return SKIPPED.isdisjoint(below.split("/")) and not excluded(below, exclude)
    return False


def _wanted(listing: Iterable[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
    """What may be a machine, or lead to one: :func:`named_as_one`, without a call for each name."""
    return [
        entry
        for entry in listing
        if (name := entry.name).lower().endswith(_SUFFIXES)
        or (name[:3] in _EXPORT_STARTS and named_as_one(name))
        or (not entry.is_file(follow_symlinks=False) and name not in SKIPPED and _leads_on(entry))
    ]


def _leads_on(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() or entry.is_dir(follow_symlinks=False)


def _is_there(real: str) -> bool:
    """Whether a real path is something; links in a circle have none but themselves."""
    try:
        return os.path.lexists(real) and not os.path.islink(real)
    except ValueError:
        return False


def _source_of(folder: str, entries: Sequence[os.DirEntry[str]]) -> Source:
    """What reads the files of a folder whose entries are these, or their first so many."""
    if len(entries) > MOST_NAMES:
        return LOCAL_FILES
    return LocalFolder(
        folder if folder.endswith("/") else f"{folder}/",
        frozenset([entry.name.lower() for entry in entries]),
        frozenset([entry.name for entry in entries if entry.is_file(follow_symlinks=False)]),
    )


def _unlisted(folder: _Folder, error: OSError) -> UnreadableError:
    told = unread(folder.path, error)
    told.link = folder.link
    if error.errno == errno.EACCES:
        told.kind = ErrorKind.NO_FOLDER_PERMISSION
    return told
