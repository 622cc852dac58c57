"""The slow work of a session, reading and writing, as callables that return an outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tui.disks import Format, Sidecars
from tui.editing import Editing, Refusal, refused_beside
from tui.formats.errors import FormatError
from tui.formats.opening import open_document
from tui.machine import Machine, SeveralDomainsError, read_sidecars
from tui.storage import (
    ErrorKind,
    ExistsError,
    Reading,
    SaveError,
    StorageError,
    address_typed,
    after_save,
    current,
    is_same,
    save,
    source_now,
    write_new,
)


class Doing(StrEnum):
    """What is being done with a file."""

    SAVING = "saving"
    WRITING = "writing"
    READING = "reading"


@dataclass(frozen=True)
class Save:
    """Saving as it was asked for: with a backup of the old bytes, and to ``leave`` when it is done.

    ``reload`` has the machine's host read the file again.
    """

    backup: bool = False
    leave: bool = False
    reload: bool = False


@dataclass(frozen=True)
class Copy:
    """Bytes for another file, at an address."""

    path: str
    data: bytes
    overwrite: bool = False


@dataclass(frozen=True)
class Saved:
    """The bytes of ``written`` are in the file, of which ``reading`` is the new reading.

    ``unremembered`` is why the history does not know of it. ``stored`` is the machine as libvirt worded it,
    None where the bytes are those that were written. ``host_said`` is a clause on the host that runs it.
    ``number`` is, as in every outcome, that of the :class:`SidecarRead` that ``sidecars`` come from.
    """

    save: Save
    written: Machine
    reading: Reading
    sidecars: Sidecars
    number: int
    unremembered: str | None = None
    stored: Machine | None = None
    host_said: str = ""


@dataclass(frozen=True)
class RefusedAtWrite:
    """Nothing was written: what lies beside the file now forbids it."""

    save: Save
    refusal: Refusal
    sidecars: Sidecars
    number: int


@dataclass(frozen=True)
class NotSaved:
    """Nothing was written; a ConflictError tells that the file is not as it was read."""

    error: StorageError
    sidecars: Sidecars
    number: int


@dataclass(frozen=True)
class Written:
    """A copy or an export was written to ``path``, an address."""

    path: str


@dataclass(frozen=True)
class NotWritten:
    """The copy was not written.

    Its name is that of the open file (``own``) or of another, or a step failed.
    """

    copy: Copy
    error: StorageError
    own: bool = False
    replaceable: bool = False


@dataclass(frozen=True)
class ReadAgain:
    """The file as it is now; ``reading`` is None where it is gone. ``before`` is the machine then edited."""

    before: Machine
    reading: Reading | None
    machine: Machine | None


@dataclass(frozen=True)
class NotRead:
    """The file as it is now cannot be read, or holds the machine no more."""

    error: StorageError | FormatError


Outcome = Saved | RefusedAtWrite | NotSaved | Written | NotWritten | ReadAgain | NotRead


@dataclass(frozen=True, eq=False)
class Work:
    """Something slow to run off the event loop: ``run`` waits for the disk and returns the outcome."""

    doing: Doing
    run: Callable[[], Outcome]


@dataclass(frozen=True, eq=False)
class SidecarRead:
    """Reading what lies beside the file: ``run`` waits for the disk.

    ``number`` counts such readings from 1.
    """

    number: int
    run: Callable[[], Sidecars]


def save_judged(order: Save, reading: Reading, editing: Editing, number: int) -> Callable[[], Outcome]:
    """Save the machine as it stands in ``editing`` now, unless what lies beside its file then forbids it."""
    from tui.history.change import Caller  # noqa: PLC0415 - most files are looked at and never saved
    from tui.history.change_store import OpenChange  # noqa: PLC0415
    from tui.history.file_names import asked_as, real_file  # noqa: PLC0415

    found, machine = editing.found, editing.machine
    granted, overrides = editing.granted_beside, editing.overrides

    def run() -> Outcome:
        try:
            sidecars = read_sidecars(machine, source_now(reading))
        except StorageError as error:
            return NotSaved(error, machine.sidecars, number)
        refusal = None if sidecars == granted else refused_beside(found, machine, sidecars, overrides)
        if refusal is not None:
            return RefusedAtWrite(order, refusal, sidecars, number)
        data = machine.document.data
        try:
            with (
                OpenChange(Caller.EDITOR, "") as change,
                change.saving(real_file(reading) or "", reading.data, data, named=asked_as(reading)),
            ):
                written = save(reading, data, backup=order.backup)
        except StorageError as error:
            return NotSaved(error, sidecars, number)
        try:
            stored = None if written.data == data else _same_machine(written.data, machine)
        except FormatError as error:
            return NotRead(error)
        clause = after_save(written, sidecars.host, reload=order.reload).clause
        return Saved(order, machine, written, sidecars, number, change.trouble, stored, clause)

    return run


def write_copy(copy: Copy, own: Reading) -> Written | NotWritten:
    """Write bytes to another file than ``own``, the one on the screen."""
    try:
        if copy.overwrite:
            return Written(_written_over(copy))
        return Written(write_new(copy.path, copy.data))
    except ExistsError as error:
        return NotWritten(copy, error, is_same(own, copy.path), error.kind is ErrorKind.TAKEN)
    except StorageError as error:
        return NotWritten(copy, error)


def _written_over(copy: Copy) -> str:
    from tui.history.change import Caller  # noqa: PLC0415 - as above
    from tui.history.change_store import written_over  # noqa: PLC0415

    with written_over(Caller.EDITOR, copy.path, copy.data):
        return write_new(copy.path, copy.data, overwrite=True)


def read_again(reading: Reading, before: Machine) -> ReadAgain | NotRead:
    """Read the file as it is now, and find the machine in it that ``before`` is: by uuid or name."""
    try:
        now = current(reading)
        return ReadAgain(before, now, None if now is None else _same_machine(now.data, before))
    except (StorageError, FormatError) as error:
        return NotRead(error)


def _same_machine(data: bytes, before: Machine) -> Machine:
    """The machine that ``before`` is in the file's new bytes. Raises FormatError where it is gone."""
    document = open_document(data)
    if document.format is Format.DOMAIN_XML and before.document.format is Format.DOMAIN_XML:
        domain = document.same_domain(before.document)
        if domain is None:
            gone = before.document.domain_names[before.document.ordinal]
            raise FormatError(
                f"the domain {gone} is no longer in it", f"it holds {', '.join(document.domain_names)}"
            )
        document = domain
    elif document.format is Format.DOMAIN_XML and len(document.domain_names) > 1:
        raise SeveralDomainsError(document.domain_names)
    return Machine(document, path=before.path, options=before.options)


def typed_address(text: str) -> str:
    """The address a person typed, ``~`` replaced. Raises SaveError where there is no such user."""
    address = address_typed(text)
    if address.startswith("~"):
        name = text.split("/", 1)[0]
        raise SaveError(text, f"there is no home folder for {name}", "write the folder's own name")
    return address
