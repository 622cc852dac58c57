"""The program's door: ``diskmode``, ``python -m tui``, and the one file that ``.ci/onefile`` builds."""

# ruff: noqa: PLC0415 - a host is called before anything else is loaded

from __future__ import annotations

import sys
from collections.abc import Sequence


def main() -> None:
    """Run the program, which leaves with its exit status."""
    if sys.argv[1:2] == ["audit"]:
        begin(sys.argv[2:])
    from tui.cli import main as program

    program()


def begin(words: Sequence[str]) -> None:
    """Let the host that an audit's words name begin; never raises.

    A guess, and harmless: connecting takes longer than loading all that reads the words and judges machines.
    """
    far = [word for word in words if word.startswith("ssh://")]
    if far and "--help" not in words:
        from tui.settings import load_settings
        from tui.storage import begin_walk, limits_from

        limits_from(lambda: load_settings().ssh)
        begin_walk(far)


if __name__ == "__main__":
    if getattr(sys, "frozen", False):  # the one file: a process that it starts comes in by this door as well
        from multiprocessing import freeze_support

        freeze_support()
    main()
