"""Opening the editor on bytes that were read, and what happens when it closes."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tui.rules import Hypervisor
from tui.settings import OWN_THEME, load_settings
from tui.storage import Reading

if TYPE_CHECKING:
    from tui.app.app import DiskmodeApp
    from tui.formats.spellings import Spelling


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
    gc.disable()  # until the first frame stands: collecting while all is loaded is a tenth of the wait
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    if has_few_colours(os.environ):
        os.environ["TEXTUAL_THEME"] = "ansi-dark"
        os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "standard")
    elif theme and theme != OWN_THEME:
        os.environ.setdefault("TEXTUAL_THEME", theme)


def run_editor(
    reading: Reading,
    *,
    domain: str | None = None,
    hypervisor: Hypervisor | None = None,
    spelling: Spelling | None = None,
    mouse: bool = True,
) -> int:
    """Edit on the screen until the person leaves; the exit status.

    What came from standard input goes to standard output when the screen has closed: as it was last
    accepted, or unchanged.
    """
    settings = load_settings()
    _prepare_terminal(settings.theme)
    from tui.app.app import DiskmodeApp  # noqa: PLC0415

    app = DiskmodeApp(reading, settings, domain=domain, hypervisor=hypervisor, spelling=spelling)
    _run(app, mouse=mouse)
    if reading.path is None and app.return_code == 0:
        sys.stdout.buffer.write(app.accepted)
        sys.stdout.buffer.flush()
    return app.return_code or 0


def run_fleet(
    paths: Sequence[str],
    *,
    hypervisor: Hypervisor | None = None,
    spelling: Spelling | None = None,
    mouse: bool = True,
) -> int:
    """Show the machines of some files and folders on the screen until the person leaves; the exit status."""
    settings = load_settings()
    _prepare_terminal(settings.theme)
    from tui.app.app import DiskmodeApp  # noqa: PLC0415
    from tui.app.fleet.places import Places  # noqa: PLC0415

    app = DiskmodeApp(Places(tuple(paths), hypervisor), settings, hypervisor=hypervisor, spelling=spelling)
    _run(app, mouse=mouse)
    return app.return_code or 0


def _run(app: DiskmodeApp, *, mouse: bool) -> None:
    app.run(mouse=mouse)
    if app.failure is not None:
        raise app.failure
