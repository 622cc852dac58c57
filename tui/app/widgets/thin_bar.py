"""A scroll bar of whole cells: where its thumb stands."""

from __future__ import annotations

from math import ceil


def thumb(size: int, virtual_size: float, window_size: float, position: float) -> tuple[int, int]:
    """Where the thumb begins, and the cell behind it; at an end only where the text is at its end."""
    if not window_size or virtual_size <= window_size:
        return 0, 0
    length = min(max(1, int(window_size * size / virtual_size)), size)
    most = virtual_size - window_size
    if position <= 0 or size == length:
        return 0, length
    if position >= most:
        return size - length, size
    start = min(max(ceil(position * (size - length) / most) - 1, 1), size - length - 1)
    return max(start, 0), max(start, 0) + length
