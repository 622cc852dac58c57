"""A host as a place: files that are read, saved and walked over SSH, by the scripts of this room."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.storage.errors import UnreadableError
from tui.storage.place import Candidate, Follow, Location, Passed, Reading, Source
from tui.storage.reasons import EMPTY
from tui.storage.regular import refusal
from tui.storage.ssh.answers import Looked
from tui.storage.ssh.connections import CONNECTIONS
from tui.storage.ssh.host import Host, host_and_path
from tui.storage.ssh.neighbours import Neighbours, address_at
from tui.storage.ssh.scripts import KIND, SAME, Script
from tui.storage.ssh.writing_scripts import RELOAD

if TYPE_CHECKING:
    from tui.disks import HostFacts

_BEYOND = {"a": "access list", "x": "extended attributes"}
_MOST = 64 * 1024


def place_at(address: str) -> tuple[SshPlace, str]:
    """The place and the path there of an `ssh://` address. Raises HostError where it is none."""
    host, path = host_and_path(address)
    return SshPlace(host), path


@dataclass(frozen=True, slots=True)
class SshPlace:
    """A host's files; see `tui.storage.place.Place`. Every question is a round trip, but for `Neighbours`."""

    host: Host

    def address(self, path: str) -> str:
        """See `Source`."""
        return address_at(self.host, path)

    def read_bytes(self, path: str, wanted: Callable[[bytes], bool] | None = None) -> bytes | None:
        """See `Source`."""
        return self.at(path).read_bytes(path, wanted)

    def read_head(self, path: str, size: int, within: str | None = None) -> bytes:
        """See `Source`."""
        return self.at(path).read_head(path, size, within)

    def is_there(self, path: str) -> bool:
        """See `Source`."""
        return self._output_of(KIND, path) != b""

    def names_in(self, folder: str) -> Sequence[str]:  # noqa: ARG002 - only a file's own folder is ever fetched
        """See `Source`."""
        return ()

    def real_file(self, path: str) -> str:
        """See `Source`."""
        return self.at(path).real_file(path)

    def real_folder(self, folder: str) -> str:
        """See `Source`."""
        return folder

    def host_facts(self, path: str) -> HostFacts | None:
        """See `Source`."""
        return self.at(path).host_facts(path)

    def expect(self, paths: Iterable[str]) -> None:
        """See `Source`."""

    def at(self, path: str) -> Neighbours:
        """What fetches a file and its folder when it is first asked."""
        return Neighbours(self.host, path)

    def beside(self, path: str) -> Source:
        """See `Place`."""
        fetched = self.at(path)
        _ = fetched.looked
        return fetched

    def is_folder(self, path: str) -> bool:
        """See `Place`."""
        return self._output_of(KIND, path) == b"d"

    def is_same(self, one: str, other: str) -> bool:
        """See `Place`."""
        if one == other:
            return True
        try:
            return CONNECTIONS.to(self.host).run(SAME, one, other, most=_MOST).status == 0
        except UnreadableError:
            return False

    def walk(
        self,
        paths: Iterable[str],
        exclude: Sequence[str] = (),
        follow: Follow = Follow.NEAR,
        passed: Passed | None = None,
    ) -> Iterator[Candidate | UnreadableError]:
        """See `Place`: in the order in which the host lists them."""
        from tui.storage.ssh.walk import walk  # noqa: PLC0415 - one file needs none

        return walk(self.host, paths, exclude, follow, passed)

    def read(self, path: str) -> Reading:
        """See `Place`."""
        source = self.at(path)
        found = source.looked
        if not found.data:
            raise refusal(self.address(path), EMPTY)
        why_not = _why_not(found)
        return Reading(
            path=Location(self, path),
            data=found.data,
            writable=why_not is None,
            why_not=why_not,
            target=found.real,
            not_kept=_not_kept(found.beyond),
            source=source,
            notices=(*_stray_drafts(found), *_unknown(found)),
        )

    def save(self, reading: Reading, data: bytes, *, backup: bool = False) -> Reading:
        """See `Place`."""
        from tui.storage.ssh.saving import save  # noqa: PLC0415 - most files are only looked at

        assert reading.path is not None
        return save(reading.path, self.host, reading, data, backup=backup)

    def write_new(self, path: str, data: bytes, *, overwrite: bool = False) -> str:
        """See `Place`."""
        from tui.storage.ssh.saving import write_new  # noqa: PLC0415

        return write_new(Location(self, path), self.host, data, overwrite=overwrite)

    def reload(self, vm: str) -> str:
        """Have the host read a VM's file again; what it says to that. Raises UnreadableError."""
        answer = CONNECTIONS.to(self.host).run(RELOAD, vm, most=_MOST)
        reply = " ".join(answer.data.decode("utf-8", "replace").split())[:400]
        if answer.status:
            what = f"vim-cmd vmsvc/reload {vm} failed ({reply or answer.status})"
            raise UnreadableError(self.host.address, what, "look at the host")
        return reply

    def _output_of(self, script: Script, path: str) -> bytes:
        """What a script says of a path; nothing where the host cannot be asked."""
        try:
            return CONNECTIONS.to(self.host).run(script, path, most=_MOST).data
        except UnreadableError:
            return b""


def _why_not(found: Looked) -> str | None:
    """What stands in the way of a save, as far as the host's shell tells; the save itself asks again."""
    if not found.may_write_file:
        return "you have no permission to write to it"
    if not found.may_write_folder:
        return "its folder is not writable, and the new version has to be put beside the old one"
    if found.links > 1:
        return "it has more than one name (hard links), and a save would part this name from the others"
    return None


def _not_kept(beyond: str) -> str | None:
    """What a save would lose, as far as the host tells: the new version has what a new file has there."""
    lost = " and ".join(f"its {what}" for sign, what in _BEYOND.items() if sign in beyond)
    untold = " or ".join(what for sign, what in _BEYOND.items() if sign.upper() in beyond)
    if lost:
        return f"over SSH {lost} cannot be kept: saved, it has those of a new file"
    if untold:
        return f"the host does not tell whether the file has an {untold}: over SSH they cannot be kept"
    return None


def _unknown(found: Looked) -> Iterator[str]:
    """An ESXi host that has the machine, perhaps several times, or was not heard in time, and does not say
    whether it runs."""
    if found.is_esxi and found.facts is not None and found.facts.power is None:
        yield "vim-cmd did not say whether the VM runs: make sure that it is off before you save"


def _stray_drafts(found: Looked) -> Iterator[str]:
    """A save that was cut off by a power cut there may have left its draft."""
    name = posixpath.basename(found.real)
    draft = re.compile(rf"\.{re.escape(name)}\.diskmode-\w{{6}}", re.ASCII)
    for one in sorted(found.names):
        if draft.fullmatch(one):
            yield f"a save that was interrupted left {one} beside it: compare it, then remove it"
