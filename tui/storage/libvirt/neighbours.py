"""What lies beside the domains of a libvirt connection: images, where they are this computer's files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from tui.storage.errors import MissingError
from tui.storage.local_files import LOCAL_FILES


def address_of(uri: str, path: str) -> str:
    """The words of ``virsh -c URI`` that lead to a domain, or with "" to all of them."""
    return f"{uri} {path}" if path else uri


@dataclass(frozen=True, slots=True)
class DomainNeighbours:
    """What a place of domains and each domain in it have in common; see `tui.storage.place.Source`.

    Images of another host cannot be read, and nothing is said of them.
    """

    uri: str

    @property
    def is_local(self) -> bool:
        """Whether its domains' images are this computer's files."""
        parts = urlsplit(self.uri)
        return bool(parts.scheme) and not parts.netloc and "+" not in parts.scheme

    def address(self, path: str) -> str:
        """See `Source`."""
        return address_of(self.uri, path)

    def read_head(self, path: str, size: int, within: str | None = None) -> bytes:
        """See `Source`."""
        if not self.is_local or not path.startswith("/"):
            raise MissingError(path, "it is another host's file", "look there")
        return LOCAL_FILES.read_head(path, size, within)

    def is_there(self, path: str) -> bool:
        """See `Source`."""
        return self.is_local and path.startswith("/") and LOCAL_FILES.is_there(path)

    def names_in(self, folder: str) -> Sequence[str]:  # noqa: ARG002 - nothing but what is named
        """See `Source`."""
        return ()

    def real_file(self, path: str) -> str:
        """See `Source`."""
        return path

    def real_folder(self, folder: str) -> str:
        """See `Source`."""
        return folder

    def expect(self, paths: Iterable[str]) -> None:
        """See `Source`."""
