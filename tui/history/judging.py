"""Whether the bytes of a file may become others now: by its locks, and by what lies beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tui.disks import Format
from tui.editing import objection_to
from tui.formats.errors import FormatError
from tui.formats.opening import open_document
from tui.machine import Machine, with_sidecars
from tui.storage import Reading, source_of


def objection_to_bytes(file: Reading, after: bytes, overrides: Collection[str] = frozenset()) -> str | None:
    """Why a file may not go back to ``after``, or None. What it held once may be held again, so only the
    rules that judge a change count, and locks.
    """
    try:
        path, source = str(file.path), source_of(file)
        for now, then in zip(_machines(file.data, path), _machines(after, path), strict=True):
            reason = objection_to(with_sidecars(now, source), then, overrides, states=False)
            if reason is not None:
                return reason
    except FormatError as error:
        return f"{error.what}; {error.remedy}"
    except ValueError:
        return "it holds another number of domains"
    return None


def _machines(data: bytes, path: str) -> Iterator[Machine]:
    document = open_document(data)
    if document.format is Format.VMX:
        yield Machine(document, path=path)
        return
    for place in range(len(document.domain_names)):
        yield Machine(document.of_domain(place), path=path)
