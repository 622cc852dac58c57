"""Whether the bytes of a file may become others now: by its locks, and by what lies beside it."""

from __future__ import annotations

from collections.abc import Collection

from tui.editing import objection_to
from tui.formats.errors import FormatError
from tui.formats.opening import open_document
from tui.machine import machines_in, with_sidecars
from tui.rules import Hypervisor
from tui.storage import Reading, UnreadableError, source_now


def objection_to_bytes(
    file: Reading,
    after: bytes,
    overrides: Collection[str] = frozenset(),
    *,
    hypervisor: Hypervisor | None = None,
    states: bool = False,
) -> str | None:
    """Why a file may not become ``after`` now, by what lies beside it, or None.

    Without ``states`` only the rules that judge a change count, and locks: what a file held once may be held
    again. ``hypervisor`` is whose rules apply (None: as guessed).
    """
    path = None if file.path is None else file.path.path
    try:
        source = source_now(file)
        before, then = (machines_in(open_document(data), path, hypervisor) for data in (file.data, after))
    except (FormatError, UnreadableError) as error:
        return f"{error.what}; {error.remedy}"
    if len(before) != len(then):
        return "it holds another number of domains"
    for was, becomes in zip(before, then, strict=True):
        if was.document.disks == becomes.document.disks:
            continue
        reason = objection_to(with_sidecars(was, source), becomes, overrides, states=states)
        if reason is not None:
            return reason
    return None
