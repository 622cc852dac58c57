"""Opening the editor on bytes that were read, and what happens when it closes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tui.app.endings import EndedError, Endings, endings, write_whole
from tui.session import Choices, Session, SeveralDomains
from tui.settings import OWN_THEME, load_settings

if TYPE_CHECKING:
    from tui.app.app import DiskmodeApp
    from tui.fleet.accept import Acceptance

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


def run_editor(opened: Session | SeveralDomains, choices: Choices) -> int:
    """Edit on the screen until the person leaves; the exit status.

    What came from standard input goes to standard output, whatever ends the screen: as it was last accepted,
    or unchanged. Raises EndedError where nobody left by choice.
    """
    with endings() as ending:
        running: list[DiskmodeApp] = []

        def give_back() -> None:
            if opened.reading.path is None:
                write_whole(running[0].accepted if running else opened.reading.data)

        ending.at_last(give_back)
        try:
            settings = load_settings()
            _prepare_terminal(settings.theme)
            from tui.app.app import DiskmodeApp  # noqa: PLC0415

            running.append(DiskmodeApp(opened, settings, choices))
            return _run(running[0], ending, mouse=choices.mouse)
        finally:
            give_back()


def run_fleet(paths: Sequence[str], choices: Choices, acceptances: tuple[Acceptance, ...] = ()) -> int:
    """Show the machines of some files and folders on the screen until the person leaves; the exit status."""
    with endings() as ending:
        settings = load_settings()
        _prepare_terminal(settings.theme)
        from tui.app.app import DiskmodeApp  # noqa: PLC0415
        from tui.app.fleet.fleet_paths import FleetPaths  # noqa: PLC0415
        from tui.fleet.walk import Follow  # noqa: PLC0415

        follow = Follow.ALL if choices.follow else Follow.NONE
        of = FleetPaths(tuple(paths), choices.hypervisor, follow=follow, acceptances=acceptances)
        app = DiskmodeApp(of, settings, choices)
        return _run(app, ending, mouse=choices.mouse)


def _run(app: DiskmodeApp, ending: Endings, *, mouse: bool) -> int:
    ending.at_last(app.put_terminal_back)
    ending.close = app.end
    try:
        app.run(mouse=mouse)
    finally:
        ending.close = None
    if ending.number is not None:
        raise ending.error(app.kept)
    if app.failure is not None or not app.has_left:
        raise EndedError("the screen closed before it was left", 2, app.kept) from app.failure
    return app.return_code or 0
