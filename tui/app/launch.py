"""Opening the editor on bytes that were read, and what happens when it closes."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tui.app.endings import STDIN_NAME, EndedError, Endings, endings, write_whole
from tui.session import Choices, Session, SeveralDomains
from tui.settings import ANSI_LIGHT_THEME, ANSI_THEME, LIGHT_THEME, OWN_THEME, load_settings

if TYPE_CHECKING:
    from tui.app.app import DiskmodeApp
    from tui.fleet.accept import Acceptance
    from tui.storage import Reading

_OLD_TERMINALS = frozenset(("linux", "ansi"))
_MONOCHROME = re.compile(r"(?i:vt\d+.*|.*-m(?:ono)?)")


def has_few_colours(environment: Mapping[str, str]) -> bool:
    """Whether no colours are wanted, or Rich takes the terminal for one of sixteen or fewer."""
    term = environment.get("TERM", "").strip().lower()
    if has_no_colours(environment) or term in _OLD_TERMINALS:
        return True
    chosen = environment.get("TEXTUAL_COLOR_SYSTEM", "auto")
    if chosen != "auto":
        return chosen == "standard"
    true_colour = environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")
    return not true_colour and term.rpartition("-")[2] not in ("256color", "kitty")


def has_no_colours(environment: Mapping[str, str]) -> bool:
    """Whether no colours are wanted, or the terminal is one that had none."""
    return "NO_COLOR" in environment or _MONOCHROME.fullmatch(environment.get("TERM", "").strip()) is not None


def theme_for(environment: Mapping[str, str], wanted: str | None) -> str:
    """The theme to begin with: the one wanted, where the terminal has its colours.

    Without colours, or with sixteen, only the themes in the terminal's own colours write none of others.
    ``COLORFGBG`` is how rxvt, Konsole and others tell their own ground.
    """
    if not has_few_colours(environment):
        return wanted or OWN_THEME
    if wanted in (ANSI_THEME, ANSI_LIGHT_THEME, "ansi-dark", "ansi-light"):
        return wanted
    ground = environment.get("COLORFGBG", "").rpartition(";")[2]
    return ANSI_LIGHT_THEME if ground in ("7", "15") or wanted == LIGHT_THEME else ANSI_THEME


def _prepare_terminal(wanted: str | None) -> str | None:
    """Textual fixes its colours and its animations while it is imported and constructed: choose first.

    Gives the theme to begin with; None where the person chose one by Textual's own variable.
    """
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    if has_no_colours(os.environ):
        os.environ["NO_COLOR"] = "1"
    if has_few_colours(os.environ):
        # By the theme it begins with Textual chooses how it writes colours.
        os.environ["TEXTUAL_THEME"] = "ansi-dark"
        os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "standard")
        return theme_for(os.environ, wanted)
    return None if "TEXTUAL_THEME" in os.environ else theme_for(os.environ, wanted)


def run_editor(opened: Session | SeveralDomains, choices: Choices) -> int:
    """Edit on the screen until the person leaves; the exit status.

    What came from standard input goes to standard output, whatever ends the screen: as it was last accepted,
    or unchanged. Raises EndedError where nobody left by choice.
    """
    with endings() as ending:
        running: list[DiskmodeApp] = []
        give_back = partial(_give_back, opened.reading, running)
        ending.add_rescue(give_back)
        try:
            settings = load_settings()
            theme = _prepare_terminal(settings.theme)
            from tui.app.app import DiskmodeApp  # noqa: PLC0415 - Textual, behind the preparation

            running.append(DiskmodeApp(opened, settings, choices, theme, explains=True))
            return _run(running[0], ending, mouse=choices.mouse)
        finally:
            give_back()


def _give_back(reading: Reading, running: Sequence[DiskmodeApp]) -> None:
    """Write what a pipe waits for. Raises EndedError where it cannot be: its edits stay in the journal."""
    if reading.path is not None:
        return
    app = running[0] if running else None
    accepted = reading.data if app is None else app.accepted
    try:
        write_whole(accepted)
    except OSError as error:
        kept = () if app is None else app.kept if accepted == reading.data else (STDIN_NAME,)
        raise EndedError("standard output was not written", 2, kept) from error
    if app is not None:
        app.given_back()


def run_fleet(paths: Sequence[str], choices: Choices, acceptances: tuple[Acceptance, ...] = ()) -> int:
    """Show the machines of some files and folders on the screen until the person leaves; the exit status."""
    with endings() as ending:
        settings = load_settings()
        theme = _prepare_terminal(settings.theme)
        from tui.app.app import DiskmodeApp  # noqa: PLC0415 - as above
        from tui.app.fleet.fleet_paths import FleetPaths  # noqa: PLC0415 - one file needs no fleet
        from tui.fleet.walk import Follow  # noqa: PLC0415 - as above

        follow = Follow.ALL if choices.follow else Follow.NONE
        of = FleetPaths(tuple(paths), choices.hypervisor, follow=follow, acceptances=acceptances)
        app = DiskmodeApp(of, settings, choices, theme)
        return _run(app, ending, mouse=choices.mouse)


def _run(app: DiskmodeApp, ending: Endings, *, mouse: bool) -> int:
    ending.add_rescue(app.put_terminal_back)
    ending.close = app.end
    app.cut_off = ending.cut_off
    try:
        app.run(mouse=mouse)
    finally:
        ending.close = None
    if ending.number is not None:
        raise ending.error(app.kept)
    if app.failure is not None or not app.has_left:
        raise EndedError("the screen closed before it was left", 2, app.kept) from app.failure
    return app.return_code or 0
