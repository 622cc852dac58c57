"""What a host says before it streams any file: where the roots really are, the names, and who runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tui.storage.local_walk import lies_in
from tui.storage.ssh.answers import Fields
from tui.storage.ssh.garbled import GarbledError

_MOST_NAMES = 4_000_000
_MOST_STORES = 10_000
_MOST_KNOWN = 200_000
# In "12  web01  [ds1] web01/web01.vmx  ubuntu64Guest  vmx-19  annotation"; a name may hold brackets.
# VMs may also stand there by "[] /vmfs/volumes/UUID/web01/web01.vmx" (VMware's pyVim: GetDatastorePath).
_FILE = re.compile(r"\[([^\]/]*)\] (?=(\S.*?\.vmt?x)(?:\s|$))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listing:
    """The ``names`` below some roots, in the order in which their bytes come.

    ``missing`` are the roots that are no folders, ``reals`` the real paths of the others and of datastores.
    ``running`` are the real paths of the VMs that run on the host: None where it is not one that says so, or
    did not; then ``unheard`` tells that it should have. ``vms`` are its ids of the VMs it has, by real path.
    """

    missing: Sequence[str]
    reals: Mapping[str, str]
    names: Sequence[str]
    running: frozenset[str] | None
    unheard: bool = False
    vms: Mapping[str, str] = field(default_factory=dict, repr=False)
    _known: dict[str, str] = field(default_factory=dict, repr=False)

    def real(self, folder: str) -> str:
        """The real path of a folder that was listed, as far as its root tells."""
        found = self._known.get(folder)
        if found is None:
            found = self._known[folder] = under(self.reals, folder)
        return found

    def vm_of(self, folder: str, name: str) -> tuple[str | None, bool]:
        """The host's id of the VM of this file, and whether it said that it runs."""
        if self.running is None and not self.vms:
            return None, False
        file = f"{self.real(folder)}/{name}"
        return self.vms.get(file), self.running is not None and file in self.running


def under(names: Mapping[str, str], path: str) -> str:
    """A path whose beginning, the longest of these names, is changed into what that stands for."""
    name = max((one for one in names if lies_in(path, (one,))), key=len, default="")
    if not name:
        return path
    below = path[len(name) :].lstrip("/")
    real = names[name].rstrip("/")
    return f"{real}/{below}" if below else real or "/"


def called(roots: Sequence[str], reals: Mapping[str, str]) -> Mapping[str, str]:
    """How a walk of these roots calls folders with several names, by each of them; nothing without links.

    ``reals`` are the real paths of the roots, and of datastores, which are walked by their links where the
    folder of these is a root.
    """
    if all(name == real for name, real in reals.items()):
        return {}
    stores = {name: real for name, real in reals.items() if name not in roots}
    volumes = {name.rpartition("/")[0] for name in stores}
    walked = {reals[root]: root for root in reversed(roots) if root in reals and root not in volumes}
    if not volumes.isdisjoint(roots):
        walked = {real: name for name, real in stores.items()} | walked
    every = dict.fromkeys((*reals, *reals.values()))
    return {name: under(walked, under(reals, name)) for name in every}


def listing(fields: Fields, roots: Sequence[str]) -> Listing:
    """What the script ``find`` printed of these roots. Raises GarbledError."""
    seen = fields.block(len(roots))
    if len(seen) != len(roots) or not all(one == "-" or one.startswith("=") for one in seen):
        raise GarbledError("where each folder is was asked for")
    answers = list(zip(roots, seen, strict=True))
    reals = {root: where[1:] for root, where in answers if where != "-"}
    missing = [root for root, where in answers if where == "-"]
    stores = _stores(fields.block(2 * _MOST_STORES))
    reals |= stores
    names = fields.block(_MOST_NAMES)
    known = fields.block(_MOST_KNOWN)
    heard = "=" in known
    running = frozenset(under(reals, one) for one in known if one.startswith("/"))
    unheard = bool(known) and not heard
    return Listing(missing, reals, names, running if heard else None, unheard, _vms(known, stores))


def _vms(known: Sequence[str], stores: Mapping[str, str]) -> Mapping[str, str]:
    """The ids of VMs by their files, from the lines of getallvms, which stand behind who runs.

    Who names a VM, or writes its annotation, may write another's file there: of such a file nothing is known.
    """
    named = {link.rpartition("/")[2]: real for link, real in stores.items()}
    behind = next((place for place, one in enumerate(known) if one in {"=", "!"}), len(known))
    ids: dict[str, set[str]] = {}
    for line in known[behind + 1 :]:
        number = line.partition(" ")[0]
        if not (number.isascii() and number.isdigit()):
            continue
        for store, path in _FILE.findall(line):
            if store in named:
                ids.setdefault(f"{named[store]}/{path}", set()).add(number)
            elif not store and path.startswith("/"):
                ids.setdefault(under(stores, path), set()).add(number)
    return {file: found.pop() for file, found in ids.items() if len(found) == 1}


def _stores(paths: Sequence[str]) -> Mapping[str, str]:
    links, reals = paths[::2], paths[1::2]
    if len(links) != len(reals) or not all(one.startswith("=") for one in reals):
        raise GarbledError("where each datastore is was asked for")
    return {link: real[1:] for link, real in zip(links, reals, strict=True) if len(real) > 1}


def places(fields: Fields, paths: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """What the script ``links`` printed: each path, what it is (d, l or f), and its real path.

    Raises GarbledError.
    """
    for path in paths:
        answer = fields.next()
        if answer[:1] not in {"d", "l", "f"}:
            raise GarbledError("where a path leads was asked for")
        yield path, answer[0], answer[1:]
