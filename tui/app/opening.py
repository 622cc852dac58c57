"""Opening the editor on bytes that were read, and what happens when it closes."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tui.app.settings import OWN_THEME, load_settings
from tui.session import Choices, Session, SeveralDomains

if TYPE_CHECKING:
    from tui.app.app import DiskmodeApp

_OLD_TERMINALS = frozenset(("linux", "ansi", "vt100", "vt220"))


def has_few_colours(environment: Mapping[str, str]) -> bool:
    """Whether no colours are wanted, or Rich takes the terminal for one of sixteen or fewer."""
    term = environment.get("TERM", "").strip().lower()
    if "NO_COLOR" in environment or term in _OLD_TERMINALS:
        return True
    chosen = environment.get("TEXTUAL_COLOR_SYSTEM", "auto")
    if chosen != "auto":
        return chosen == "standard"
    true_colour = environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")
    return not true_colour and term.rpartition("-")[2] not in ("256color", "kitty")


def _prepare_terminal(theme: str | None) -> None:
    """Textual fixes its colours and its animations while it is imported and constructed: choose first.

    Without colours, or with sixteen, only the themes in the terminal's own colours write none of others.
    """
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    if has_few_colours(os.environ):
        os.environ["TEXTUAL_THEME"] = "ansi-dark"
        os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "standard")
    elif theme and theme != OWN_THEME:
        os.environ.setdefault("TEXTUAL_THEME", theme)


class EndedError(RuntimeError):
    """The screen closed, and nobody had left it."""


def run_editor(opened: Session | SeveralDomains, choices: Choices) -> int:
    """Edit on the screen until the person leaves; the exit status.

    What came from standard input goes to standard output, whatever ends the screen: as it was last accepted,
    or unchanged. Raises EndedError, or the mistake of ours, where nobody left by choice.
    """
    accepted = opened.reading.data
    try:
        settings = load_settings()
        _prepare_terminal(settings.theme)
        from tui.app.app import DiskmodeApp  # noqa: PLC0415

        app = DiskmodeApp(opened, settings, choices)
        try:
            return _run(app, mouse=choices.mouse)
        finally:
            accepted = app.accepted
    finally:
        if opened.reading.path is None:
            sys.stdout.buffer.write(accepted)
            sys.stdout.buffer.flush()


def run_fleet(paths: Sequence[str], choices: Choices) -> int:
    """Show the machines of some files and folders on the screen until the person leaves; the exit status."""
    settings = load_settings()
    _prepare_terminal(settings.theme)
    from tui.app.app import DiskmodeApp  # noqa: PLC0415
    from tui.app.fleet.fleet_paths import FleetPaths  # noqa: PLC0415
    from tui.fleet.walk import Follow  # noqa: PLC0415

    follow = Follow.ALL if choices.follow else Follow.NONE
    app = DiskmodeApp(FleetPaths(tuple(paths), choices.hypervisor, follow=follow), settings, choices)
    return _run(app, mouse=choices.mouse)


def _run(app: DiskmodeApp, *, mouse: bool) -> int:
    app.run(mouse=mouse)
    if app.failure is not None:
        raise app.failure
    if not app.has_left:
        raise EndedError("the screen closed before it was left")
    return app.return_code or 0
