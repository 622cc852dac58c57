"""What storage says when bytes cannot be read or kept.

Every error names the file, what is the matter and what to do about it. The path is carried as it was given,
control characters included: the face that shows it makes it safe to show.
"""

from enum import StrEnum


class ErrorKind(StrEnum):
    """What is the matter, as a word for programs: an audit's JSON carries those of reading."""

    MISSING = "missing"
    NOT_A_FILE = "not-a-file"
    NO_PERMISSION = "no-permission"
    NO_FOLDER_PERMISSION = "no-folder-permission"
    EMPTY = "empty"
    TOO_LARGE = "too-large"
    CHANGING = "changing"
    LINK_LOOP = "link-loop"
    BUSY = "busy"
    NO_ADDRESS = "no-address"
    UNREACHABLE = "unreachable"
    NOT_LET_IN = "not-let-in"
    SILENT = "silent"
    GARBLED = "garbled"
    REFUSED = "refused"
    IO_ERROR = "io-error"
    # Of saving only.
    CHANGED = "changed"
    TAKEN = "taken"
    OBSTACLE = "obstacle"
    NO_SPACE = "no-space"
    READ_ONLY = "read-only"
    NOT_KEPT = "not-kept"


class StorageError(Exception):
    """A file could not be read or saved: `path`, `what` is the matter, the `remedy`, and the `kind`."""

    def __init__(self, path: str, what: str, remedy: str, kind: ErrorKind = ErrorKind.IO_ERROR) -> None:
        super().__init__(path, what, remedy, kind)
        self.path = path
        self.what = what
        self.remedy = remedy
        self.kind = kind

    def __str__(self) -> str:
        return f"{self.path}: {self.what}; {self.remedy}"


class UnreadableError(StorageError):
    """There is something at the path, but not bytes that can be read as a whole file.

    `link` is the symbolic link that the path was reached by, None without one.
    """

    link: str | None = None


class MissingError(UnreadableError):
    """There is nothing at the path: no such file, or a symbolic link to nothing."""

    def __init__(self, path: str, what: str, remedy: str, kind: ErrorKind = ErrorKind.MISSING) -> None:
        super().__init__(path, what, remedy, kind)


class ConflictError(StorageError):
    """The file is no longer what was read. `current` holds its bytes now, None when it is gone."""

    def __init__(self, path: str, what: str, remedy: str, current: bytes | None) -> None:
        super().__init__(path, what, remedy, ErrorKind.CHANGED if current is not None else ErrorKind.MISSING)
        self.args = (path, what, remedy, current)
        self.current = current


class SaveError(StorageError):
    """The bytes could not be kept. The file at the path still holds its old bytes, whole."""


class UnknownSaveError(SaveError):
    """It is not known whether the bytes were saved: the host or service stopped answering."""


class ExistsError(SaveError):
    """A new file was asked for, and its name is taken."""

    def __init__(self, path: str, what: str, remedy: str, kind: ErrorKind = ErrorKind.TAKEN) -> None:
        super().__init__(path, what, remedy, kind)
