"""New bytes on a host: in the place of what was read there, or as a new file; each by one script."""

from __future__ import annotations

import hashlib
from typing import NoReturn

from tui.storage.errors import (
    ConflictError,
    ErrorKind,
    ExistsError,
    MissingError,
    SaveError,
    UnknownSaveError,
    UnreadableError,
)
from tui.storage.place import Location, Reading
from tui.storage.reasons import Reason, not_saved
from tui.storage.ssh.answers import Fields
from tui.storage.ssh.connection import Connection
from tui.storage.ssh.connections import CONNECTIONS
from tui.storage.ssh.garbled import GarbledError
from tui.storage.ssh.host import Host, HostError
from tui.storage.ssh.neighbours import address_at, look
from tui.storage.ssh.reasons import SAVED
from tui.storage.ssh.scripts import Ended
from tui.storage.ssh.writing_scripts import SAVE, WRITE

NOT_CONFIRMED = "not confirmed by the host's disk"
_COMPARE = "compare the two versions, or write yours to another file"
_MOST = 64 * 1024


def save(location: Location, host: Host, reading: Reading, data: bytes, *, backup: bool) -> Reading:
    """See `Place.save`. Where the connection ends meanwhile, what is there is looked at again."""
    if reading.why_not is not None:
        raise not_saved(str(location), Reason(reading.why_not, "write the result to another file"))
    kept = "backup" if backup else ""
    words = (location.path, _hash(reading.data), _hash(data), reading.target or "", kept)
    connection = _connected(location, host)
    try:
        answer = connection.run(SAVE, *words, data=data, most=_MOST)
    except HostError as error:
        return _after_all(location, host, reading, data, error)
    if answer.status in (Ended.CHANGED, Ended.MISSING, Ended.ELSEWHERE):
        _conflict(location, host, reading)
    if answer.status in SAVED:
        raise not_saved(str(location), SAVED[answer.status])
    if answer.status:
        return _after_all(location, host, reading, data, _struck(host, answer.status))
    kept = _field(answer.data, 1)
    folder = (reading.target or location.path).rpartition("/")[0]
    where = address_at(host, f"{folder}/{kept}") if kept else None
    doubt = NOT_CONFIRMED if data != reading.data else None
    return reading._replace(data=data, doubt=doubt, backup=where, source=None, notices=())


def _connected(location: Location, host: Host) -> Connection:
    """The connection to the host. Raises SaveError where there is none: then nothing was sent."""
    try:
        return CONNECTIONS.to(host)
    except HostError as error:
        raise _nothing_sent(location, error) from error


def _nothing_sent(location: Location, error: HostError) -> SaveError:
    return not_saved(str(location), Reason(error.what, error.remedy, error.kind))


def _after_all(location: Location, host: Host, reading: Reading, data: bytes, error: HostError) -> Reading:
    """What became of a save whose connection ended: the host is asked once more."""
    if error.kind is ErrorKind.NOT_LET_IN:
        raise _nothing_sent(location, error) from error
    try:
        found = look(host, location.path)
    except UnreadableError:
        what = f"{error.what}; whether it was saved is not known: it holds the old version or yours, whole"
        raise UnknownSaveError(
            str(location), what, "read it again once the host answers", error.kind
        ) from error
    if found.data == data:
        return reading._replace(data=data, doubt=NOT_CONFIRMED, backup=None, source=None, notices=())
    if found.data != reading.data:
        raise ConflictError(
            str(location), "it has been changed since it was read", _COMPARE, found.data
        ) from error
    raise not_saved(str(location), Reason(error.what, "save again", error.kind)) from error


def _conflict(location: Location, host: Host, reading: Reading) -> NoReturn:
    try:
        found = look(host, location.path)
    except MissingError as error:
        what = "it has been removed or renamed since it was read"
        raise ConflictError(str(location), what, "write your version to another file", None) from error
    except UnreadableError as error:
        reason = Reason(f"it can no longer be read ({error.what})", error.remedy, error.kind)
        raise not_saved(str(location), reason) from error
    if found.data == reading.data and found.real == reading.target:
        raise not_saved(str(location), Reason("the host could not look at it for a moment", "save again"))
    raise ConflictError(str(location), "it has been changed since it was read", _COMPARE, found.data)


def write_new(location: Location, host: Host, data: bytes, *, overwrite: bool) -> str:
    """See `Place.write_new`."""
    words = (location.path, _hash(data), "over" if overwrite else "")
    connection = _connected(location, host)
    try:
        answer = connection.run(WRITE, *words, data=data, most=_MOST)
    except HostError as error:
        if error.kind is ErrorKind.NOT_LET_IN:
            raise _nothing_sent(location, error) from error
        raise SaveError(str(location), error.what, "look whether it is there", error.kind) from error
    if answer.status == Ended.TAKEN:
        what = "there is already a file of this name, so nothing was saved"
        remedy = "choose another name, or move that file away"
        raise ExistsError(str(location), what, remedy, ErrorKind.TAKEN)
    if answer.status:
        unknown = Reason(_struck(host, answer.status).what, "look whether it is there")
        raise not_saved(str(location), SAVED.get(answer.status, unknown))
    return address_at(host, _field(answer.data) or location.path)


def _struck(host: Host, status: int) -> HostError:
    """A script that did not end by itself."""
    return HostError(host.address, f"its shell ended with status {status}", "look at the host")


def _field(data: bytes, number: int = 0) -> str:
    """A field that was printed; nothing where there is none: the bytes are in place all the same."""
    fields = Fields([data])
    try:
        for _ in range(number):
            fields.next()
        return fields.next()
    except GarbledError:
        return ""


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
