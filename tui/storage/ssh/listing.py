"""What a host says before it streams any file: where the roots really are, the names, and who runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tui.storage.local_walk import lies_in
from tui.storage.ssh.answers import Fields
from tui.storage.ssh.garbled import GarbledError

_MOST_NAMES = 4_000_000
_MOST_STORES = 10_000
_MOST_RUNNING = 100_000


@dataclass(frozen=True, slots=True)
class Listing:
    """The ``names`` below some roots, in the order in which their bytes come.

    ``missing`` are the roots that are no folders, ``reals`` the real paths of the others and of datastores.
    ``running`` are the real paths of the VMs that run on the host: None where it is not one that says so, or
    did not; then ``unheard`` tells that it should have.
    """

    missing: Sequence[str]
    reals: Mapping[str, str]
    names: Sequence[str]
    running: frozenset[str] | None
    unheard: bool = False
    _known: dict[str, str] = field(default_factory=dict, repr=False)

    def real(self, folder: str) -> str:
        """The real path of a folder that was listed, as far as its root tells."""
        found = self._known.get(folder)
        if found is None:
            found = self._known[folder] = real_in(self.reals, folder)
        return found

    def runs(self, folder: str, name: str) -> bool:
        """Whether the host said that the VM of this file runs. One that it did not name may run elsewhere."""
        return self.running is not None and f"{self.real(folder)}/{name}" in self.running


def real_in(reals: Mapping[str, str], path: str) -> str:
    """A path with the longest of these names that it begins with led to where it really is."""
    name = max((one for one in reals if lies_in(path, (one,))), key=len, default="")
    if not name:
        return path
    below = path[len(name) :].lstrip("/")
    real = reals[name].rstrip("/")
    return f"{real}/{below}" if below else real or "/"


def listing(fields: Fields, roots: Sequence[str]) -> Listing:
    """What the script ``find`` printed of these roots. Raises GarbledError."""
    seen = list(fields.block(len(roots)))
    if len(seen) != len(roots) or not all(one == "-" or one.startswith("=") for one in seen):
        raise GarbledError("where each folder is was asked for")
    told = list(zip(roots, seen, strict=True))
    reals = {root: where[1:] for root, where in told if where != "-"}
    missing = [root for root, where in told if where == "-"]
    reals |= _stores(list(fields.block(2 * _MOST_STORES)))
    names = list(fields.block(_MOST_NAMES))
    running = list(fields.block(_MOST_RUNNING))
    heard = "=" in running
    files = frozenset(real_in(reals, one) for one in running if one.startswith("/"))
    return Listing(missing, reals, names, files if heard else None, unheard=bool(running) and not heard)


def _stores(told: Sequence[str]) -> Mapping[str, str]:
    links, reals = told[::2], told[1::2]
    if len(links) != len(reals) or not all(one.startswith("=") for one in reals):
        raise GarbledError("where each datastore is was asked for")
    return {link: real[1:] for link, real in zip(links, reals, strict=True) if len(real) > 1}


def places(fields: Fields, paths: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """What the script ``links`` printed: each path, what it is (d, l or f), and its real path.

    Raises GarbledError.
    """
    for path in paths:
        told = fields.next()
        if told[:1] not in {"d", "l", "f"}:
            raise GarbledError("where a path leads was asked for")
        yield path, told[0], told[1:]
