"""What storage says when bytes cannot be read or kept.

Every error names the file, what is the matter and what to do about it. The path is carried as it was given,
control characters and all: whoever shows it makes it safe for the place where it is shown.
"""


class StorageError(Exception):
    """A file could not be read or saved: `path`, `what` is the matter, and the `remedy`."""

    def __init__(self, path: str, what: str, remedy: str) -> None:
        super().__init__(path, what, remedy)
        self.path = path
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.path}: {self.what}; {self.remedy}"


class UnreadableError(StorageError):
    """There is something at the path, but not bytes that can be read as a whole file."""


class MissingError(UnreadableError):
    """There is nothing at the path: no such file, or a symbolic link to nothing."""


class ConflictError(StorageError):
    """The file is no longer what was read. `current` holds its bytes now, None when it is gone."""

    def __init__(self, path: str, what: str, remedy: str, current: bytes | None) -> None:
        super().__init__(path, what, remedy)
        self.args = (path, what, remedy, current)
        self.current = current


class SaveError(StorageError):
    """The bytes could not be kept. The file at the path still holds its old bytes, whole."""


class ExistsError(SaveError):
    """A new file was asked for, and its name is taken."""
