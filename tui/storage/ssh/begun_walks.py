"""The call that a walk of a host is made of, begun before there is a walk: little is loaded for that."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress

from tui.storage.host_limits import limits
from tui.storage.local_walk import is_met
from tui.storage.regular import MAX_BYTES
from tui.storage.ssh.connection import Running
from tui.storage.ssh.connections import CONNECTIONS
from tui.storage.ssh.host import Host, HostError
from tui.storage.ssh.scripts import FIND, SMALL, VOLUMES


def outermost(paths: Iterable[str], exclude: Sequence[str] = ()) -> list[str]:
    """Each path once, and none that is met by the walk of another."""
    kept: list[str] = []
    for path in dict.fromkeys(posixpath.normpath(path) if path != "./" else "." for path in paths):
        if not is_met(kept, path, exclude):
            kept = [other for other in kept if not is_met([path], other, exclude)]
            kept.append(path)
    return [path if path.startswith("/") else f"./{path}" for path in kept]


_BEGUN: dict[tuple[Host, tuple[str, ...]], tuple[ExitStack, Running]] = {}


def begin(host: Host, paths: Iterable[str]) -> None:
    """Let a host begin with what a walk of these paths will ask it; never raises.

    A program can load what judges the machines meanwhile. A walk of others begins anew.
    """
    roots = tuple(outermost(paths))
    with ExitStack() as stack, suppress(HostError):
        running = stack.enter_context(_calling(host, roots))
        _BEGUN[host, roots] = (stack.pop_all(), running)


def forget_begun() -> None:
    """End what was begun and is not walked."""
    while _BEGUN:
        _, (stack, _) = _BEGUN.popitem()
        stack.close()


def _calling(host: Host, roots: Sequence[str]) -> AbstractContextManager[Running]:
    seconds = str(limits().facts)
    words = (str(SMALL // 512 + 1), str(MAX_BYTES // 512 + 1), VOLUMES, seconds, *roots)
    return CONNECTIONS.alone(host).start(FIND, *words)


@contextmanager
def started(host: Host, roots: Sequence[str]) -> Iterator[Running]:
    """The call, begun before or now."""
    begun = _BEGUN.pop((host, tuple(roots)), None)
    if begun is None:
        with _calling(host, roots) as running:
            yield running
    else:
        with begun[0]:
            yield begun[1]
