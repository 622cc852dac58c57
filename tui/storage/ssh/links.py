"""Links on a host: which are followed (as on this computer), and each file once, whatever leads to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from tui.storage.local_walk import is_met, lies_in, may_follow, named_as_one
from tui.storage.place import Follow, Passed
from tui.storage.ssh.answers import Fields
from tui.storage.ssh.connections import CONNECTIONS
from tui.storage.ssh.host import Host
from tui.storage.ssh.listing import places
from tui.storage.ssh.reasons import unread_at
from tui.storage.ssh.scripts import LINKS

_AT_ONCE = 1000


class Links:
    """What the walks of one host reach by links, each once. ``name`` makes an address of a path there."""

    def __init__(
        self, exclude: Sequence[str], follow: Follow, passed: Passed, name: Callable[[str], str]
    ) -> None:
        self._exclude = exclude
        self._follow = follow
        self._passed = passed
        self._name = name
        self._roots: dict[str, str] = {}
        self._walked: list[str] = []  # behind links
        self._files: set[str] = set()

    def walk_roots(self, reals: Mapping[str, str]) -> None:
        """Take the real paths of the folders that are walked anyway, by the names they were given."""
        self._roots = dict(reals)

    def covering(self, root: str) -> list[str]:
        """The real paths of other roots whose walk comes to this one as well: it is theirs then.

        Of two that are one folder it is the first one's.
        """
        order = list(self._roots)
        real = self._roots.get(root)
        if real is None:
            return []
        return [
            other
            for name, other in self._roots.items()
            if name != root
            and lies_in(real, (other,))
            and (other != real or order.index(name) < order.index(root))
        ]

    def is_met(self, roots: Iterable[str], real: str) -> bool:
        """Whether a walk of these roots comes to a real path."""
        return is_met(roots, real, self._exclude)

    def unheard(self, host: str) -> None:
        """Tell of a host that should say which VMs run, and did not."""
        self._passed.unheard.append(host)

    def is_named_first(self, real: str) -> bool:
        """Whether a file that was named is met in no other way."""
        return not self._is_walked_machine(real) and self.is_new_file(real)

    def is_new(self, real: str) -> bool:
        """Whether a file behind a link was not met yet, on this way or another; from now on it was."""
        return not self._is_walked(real) and self.is_new_file(real)

    def is_new_file(self, real: str) -> bool:
        """Whether no other link led there; from now on one did."""
        if real in self._files:
            return False
        self._files.add(real)
        return True

    def is_to_walk(self, path: str, real: str) -> bool:
        """Whether the folder ``real`` that a link leads to is to be walked; from now on it was."""
        if self._is_walked(real) or lies_in(real, self._walked):
            return False
        if not self._may_follow(path, real, is_folder=True):
            return False
        self._walked.append(real)
        return True

    def is_to_read(self, path: str, real: str) -> bool:
        """Whether the file ``real`` that a link leads to is to be read; so is a link to nothing ("")."""
        if self._is_walked_machine(real) or not self._may_follow(path, real, is_folder=False):
            return False
        return self.is_new_file(real or path)

    def _is_walked(self, real: str) -> bool:
        return self.is_met(self._roots.values(), real)

    def _is_walked_machine(self, real: str) -> bool:
        """Whether the walk of a root finds this file by itself, by its name."""
        return named_as_one(real.rpartition("/")[2]) and self._is_walked(real)

    def _may_follow(self, path: str, real: str, *, is_folder: bool) -> bool:
        """Whether a link may be followed; one that may not is counted."""
        covered = tuple(self._roots.values())
        if not real or lies_in(real, covered) or may_follow(self._follow, real, covered, is_folder=is_folder):
            return True
        self._passed.by(self._name(path))
        return False


def link_targets(host: Host, paths: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Where paths lead, a thousand in a round trip: path, kind, real path.

    Raises UnreadableError and GarbledError.
    """
    for start in range(0, len(paths), _AT_ONCE):
        some = paths[start : start + _AT_ONCE]
        data = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in some)
        answer = CONNECTIONS.to(host).run(LINKS, data=data, most=_AT_ONCE * 64 * 1024)
        if answer.status:
            raise unread_at(host.address, answer.status)
        yield from places(Fields([answer.data]), some)
