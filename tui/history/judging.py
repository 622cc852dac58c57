"""Whether the bytes of a file may become others now: by its locks, and by what lies beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tui.disks import Format
from tui.formats.errors import FormatError
from tui.formats.opening import open_document
from tui.machine import Machine, with_sidecars
from tui.rules import BY_ID, Edit, objections
from tui.storage import Reading, source_of


def objection_to(file: Reading, after: bytes, overrides: Collection[str] = frozenset()) -> str | None:
    """Why a file may not go back to ``after``, or None. What it held once may be held again, so only the
    rules that judge a change count, and locks.
    """
    try:
        path, source = str(file.path), source_of(file)
        for now, then in zip(_machines(file.data, path), _machines(after, path), strict=True):
            reason = _objection(with_sidecars(now, source), then, overrides)
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


def _objection(whole: Machine, then: Machine, overrides: Collection[str]) -> str | None:
    after = Machine(then.document, whole.chosen, path=then.path, sidecars=whole.sidecars)
    if len(whole.disks) != len(after.disks):
        return "it holds another number of disks"
    for was, is_now in zip(whole.disks, after.disks, strict=True):
        if was != is_now and (reason := whole.locked(was.index)):
            return f"{was.name} is locked: {reason}"
    change = Edit(whole.configuration, whole.configuration, after.configuration)
    refused = objections(change, whole.hypervisor, overrides)
    return next((f"{one.sentence}; {one.advice}" for one in refused if BY_ID[one.rule].is_transition), None)
