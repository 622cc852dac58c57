"""An edit of the text that libvirt shows, made in the text that it keeps: that one holds secrets.

``virsh dumpxml`` leaves out passwords and cookies, ``--security-info`` prints them, and a domain defined
without them loses them. So what was edited in the first is moved into the second, line by line, just before
it is defined; nothing else ever holds the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui.line_matching import operations


class TransplantError(Exception):
    """The edit touches lines that libvirt keeps otherwise than it shows them."""


def transplanted(shown: bytes, edited: bytes, kept: bytes) -> bytes:
    """``kept`` with what makes ``edited`` of ``shown``.

    Raises TransplantError where a changed line of ``shown`` does not stand in ``kept`` as it is.
    """
    if shown == kept:
        return edited
    old, new, secret = (text.splitlines(keepends=True) for text in (shown, edited, kept))
    places = _places(old, secret)
    found: list[bytes] = []
    done = 0
    for start, end, first, last in _changes(old, new):
        begin, stop = _replaced(places, start, end)
        if begin < done:
            raise TransplantError
        found += secret[done:begin]
        found += new[first:last]
        done = stop
    return b"".join([*found, *secret[done:]])


def secrets_in(shown: bytes, kept: bytes) -> frozenset[bytes]:
    """The lines that only ``kept`` has."""
    return frozenset(kept.splitlines()) - frozenset(shown.splitlines())


def without(secrets: Iterable[bytes], words: str) -> str:
    """What libvirt says of a text, without the lines of it that it quotes and nobody may see."""
    for line in sorted(secrets, key=len, reverse=True):
        if quoted := line.strip().decode("utf-8", "replace"):
            words = words.replace(quoted, "…")
    return words


def _places(old: Sequence[bytes], secret: Sequence[bytes]) -> dict[int, int]:
    """Where the lines of ``old`` stand in ``secret``, as far as they do."""
    return {
        start + number: first + number
        for kind, start, end, first, _ in operations(old, secret, autojunk=False)
        if kind == "equal"
        for number in range(end - start)
    }


def _changes(old: Sequence[bytes], new: Sequence[bytes]) -> list[tuple[int, int, int, int]]:
    return [
        (start, end, first, last)
        for kind, start, end, first, last in operations(old, new, autojunk=False)
        if kind != "equal"
    ]


def _replaced(places: dict[int, int], start: int, end: int) -> tuple[int, int]:
    """The lines to be replaced; where lines only come in, the place behind the line before them, or before
    the line behind them.
    """
    if start == end:
        if start - 1 in places:
            return places[start - 1] + 1, places[start - 1] + 1
        if start in places:
            return places[start], places[start]
        raise TransplantError
    first = places.get(start)
    if first is None or any(places.get(start + number) != first + number for number in range(end - start)):
        raise TransplantError
    return first, first + end - start
