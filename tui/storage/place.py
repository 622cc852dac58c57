"""What a place is: somewhere machines' files lie, be it this computer or another host; and a file read there.

Everything above storage speaks to files by these. Paths are those of the place; an address is what people
call a file there, and what leads back to it (`tui.storage.addresses`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from tui.storage.local_files import LOCAL_FILES

if TYPE_CHECKING:
    from tui.disks import HostFacts
    from tui.storage.errors import UnreadableError


class Follow(Enum):
    """Which symbolic links out of the folders given are followed.

    ``NONE``: none; what changes files never leaves those folders. ``NEAR``: all but those to a folder that
    holds one of the folders given, to the root of the file system, and to a folder directly below that, for
    these lead to the whole host. ``ALL``: all.
    """

    NONE = "none"
    NEAR = "near"
    ALL = "all"


class Passed:
    """The symbolic links that were not followed: how many, and the first of them.

    ``unheard`` are the hosts that should say which of their machines run, and did not.
    """

    def __init__(self) -> None:
        self.links = 0
        self.first: str | None = None
        self.unheard: list[str] = []

    def by(self, link: str) -> None:
        """Count a link that was not followed."""
        self.links += 1
        self.first = self.first or link


class Source(Protocol):
    """Where one file and what lies beside it are read from.

    A place is one; so is what a walk found out, or fetched, about a folder of it. It is handed from process
    to process, so it can be pickled, and small where many candidates share it.
    """

    def address(self, path: str) -> str:
        """What people call the file, and what leads back to it: `ssh://root@esxi01/vmfs/volumes/…`."""

    def read_bytes(self, path: str, wanted: Callable[[bytes], bool] | None = None) -> bytes | None:
        """All bytes; None where `wanted` says no to the first HEAD_BYTES.

        Raises MissingError and UnreadableError (empty, too large, no regular file, changing, refused).
        """

    def read_head(self, path: str, size: int, within: str | None = None) -> bytes:
        """At most the first `size` bytes of a neighbour, maybe none.

        Raises MissingError where there is nothing, UnreadableError where it is no regular file, cannot be
        read, or is itself a link that leads out of the folder `within`.
        """

    def is_there(self, path: str) -> bool:
        """Whether anything has this name, be it a link to nothing; never raises."""

    def names_in(self, folder: str) -> Sequence[str]:
        """What lies in a folder, "" for the current one; nothing where it cannot be listed, never raises."""

    def real_file(self, path: str) -> str:
        """The path of the file itself, whose neighbours count; never raises."""

    def real_folder(self, folder: str) -> str:
        """The one path of a folder, whatever link leads there, "" for the current one: where links are not
        followed, as a walk of the host calls it; as given where that is not known.
        """

    def expect(self, paths: Iterable[str]) -> None:
        """Heads of these will be asked for: a place far away may fetch them together; never raises."""

    def host_facts(self, path: str) -> HostFacts | None:
        """What the host says of the machine in the file, None where nobody is asked; never raises."""


class Place(Source, Protocol):
    """Files that can be listed, read, and saved whole or not at all. It is pickled, compared and hashed."""

    def is_folder(self, path: str) -> bool:
        """Whether the path leads to what can be walked; never raises."""

    def is_same(self, one: str, other: str) -> bool:
        """Whether both paths lead to one file that is there; never raises."""

    def walk(
        self,
        paths: Iterable[str],
        exclude: Sequence[str] = (),
        follow: Follow = Follow.NEAR,
        passed: Passed | None = None,
    ) -> Iterator[Candidate | UnreadableError]:
        """Each file as it is given, and what may be a machine in each folder, however deep and each once.

        Globs in `exclude` take a path below a folder that was given, its last part, or any folder in it. A
        folder that cannot be listed is an error among the candidates; nothing raises. Links that are not
        followed are counted in `passed`.
        """

    def read(self, path: str) -> Reading:
        """The file and what a save needs to know of it. Raises as `read_bytes`."""

    def beside(self, path: str) -> Source:
        """What reads the file's neighbours, and what its host says, as they are now.

        A place far away fetches them all at once. Raises UnreadableError where it cannot be reached.
        """

    def at(self, path: str) -> Source:
        """The same; a place far away fetches nothing before it is asked, and raises nothing here."""

    def save(self, reading: Reading, data: bytes, *, backup: bool = False) -> Reading:
        """Put `data` in the place of what was read, if that is still there; the reading of it.

        Raises ConflictError with the bytes that are there now, SaveError where nothing was saved. Equal bytes
        are not written. With `backup` the old bytes are kept beside, `Reading.backup` says where.
        """

    def write_new(self, path: str, data: bytes, *, overwrite: bool = False) -> str:
        """Write a new file, or with `overwrite` over one; the address of the file written.

        Raises ExistsError where the name is taken, SaveError where a step fails.
        """


@runtime_checkable
class Reloading(Protocol):
    """A place whose host keeps in mind what a machine's file held, until it is told to read it again."""

    def reload(self, vm: str) -> str:
        """Have the host read it again, by its own id of the machine; what it says. Raises UnreadableError."""


class Location(NamedTuple):
    """A file at a place. As a str it is the whole address."""

    place: Place
    path: str

    def __str__(self) -> str:
        return self.place.address(self.path)

    @property
    def name(self) -> str:
        """The last part of the path: the file's own name."""
        return self.path.rpartition("/")[2]

    @property
    def stem(self) -> str:
        """The name without its last suffix."""
        name = self.name
        return name[: name.rindex(".")] if name.rfind(".") > 0 else name

    @property
    def suffix(self) -> str:
        """The name's last suffix with its dot, or nothing."""
        return self.name[len(self.stem) :]

    def with_name(self, name: str) -> Location:
        """The neighbour of this name."""
        return Location(self.place, self.path[: len(self.path) - len(self.name)] + name)


class Reading(NamedTuple):
    """Bytes as they were read, and where from.

    `path` is the file as it was named, None for standard input; printed, it is the whole address. `target` is
    the real file it led to. `why_not` says why the file cannot be saved over, None when it can. A save sets
    `doubt` where the new bytes are in place but not confirmed by the disk, and `backup` where it kept the old
    ones: the address they are at. `not_kept` says what of the file a save there cannot keep, None for
    nothing. `source` reads the neighbours as they were then, where they came with the file; None where each
    is looked at when it is asked for. `notices` are sentences for who opens it.
    """

    path: Location | None
    data: bytes
    writable: bool
    why_not: str | None
    target: str | None = None
    doubt: str | None = None
    backup: str | None = None
    not_kept: str | None = None
    source: Source | None = None
    notices: tuple[str, ...] = ()


class Candidate(NamedTuple):
    """A file to look into: its path, and the source that reads it and what lies beside it.

    ``asked`` for by name, it is told of even where it is no machine at all. ``link`` is the symbolic link
    that it was reached by, None without one.
    """

    path: str
    asked: bool = False
    source: Source = LOCAL_FILES
    link: str | None = None

    @property
    def address(self) -> str:
        """What people call it."""
        return self.source.address(self.path)
