"""What commands that change files do for ``diskmode history``: forget the old, tell what is not kept."""

from __future__ import annotations

from tui.cli.messages import say
from tui.history.records import OpenChange, forget_old
from tui.settings import load_settings


def tell_unremembered(change: OpenChange) -> None:
    """Behind the work: say once where it could not be written down, and drop what is too old to be kept."""
    if change.trouble:
        say(f"the change is not remembered, undo will not know it: {change.trouble}")
        return
    kept = load_settings().history
    forget_old(kept.days, kept.records)
