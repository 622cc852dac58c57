"""How wide the style sheets make the panel of a review or a long text."""

from __future__ import annotations

# In parts of a hundred of the screen, and at most; and its frame.
_WIDTH, _WIDEST, _FRAME = 96, 140, 2


def panel_width(screen: int) -> int:
    """The columns within the panel's frame, on a screen of so many: what is counted before it is laid out."""
    return min(screen * _WIDTH // 100, _WIDEST) - _FRAME
