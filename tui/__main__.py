"""The program's door: ``diskmode``, ``python -m tui``, and the one file that ``.ci/onefile`` builds."""

# ruff: noqa: PLC0415 - a host is called before anything else is loaded

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterator, Sequence

# The options of an audit that a host is called with before the command line has read them, and what their
# values look like; None for those without one. With any other word it is read first.
PLAIN_OPTIONS = {
    "--exclude": r".+",
    "--fail-on": r"error|warning|info|never",
    "--follow": None,
    "--format": r"table|json|jsonl|csv|sarif|markdown|junit|gitlab|prometheus",
    "--hosts-at-once": r"[1-9]\d?",
    "--hypervisor": r"esxi|workstation|qemu|other",
    "--jobs": r"[1-9]|[1-5]\d",
    "--keep-going": None,
    "--only-machines": None,
    "--summary": None,
    "--topic": r"snapshot|backup|migration|hygiene",
}


def main() -> None:
    """Run the program, which leaves with its exit status."""
    if sys.argv[1:2] == ["audit"]:
        begin(sys.argv[2:])
    from tui.cli import main as program

    program()


def begin(words: Sequence[str]) -> None:
    """Let the host that an audit's words name begin, where an audit will follow; never raises.

    Connecting takes longer than loading all that reads the words and judges machines.
    """
    try:
        far = [path for path in _paths(words) if path[:6].lower() == "ssh://"]
    except ValueError:  # what may be mistyped is read before anybody logs in
        return
    if far:
        gc.disable()  # what is loaded stays; the command line enables it once it is loaded as well
        from tui.settings import load_settings
        from tui.storage import begin_walk, limits_from

        limits_from(lambda: load_settings().ssh)
        begin_walk(far)


def _paths(words: Sequence[str]) -> Iterator[str]:
    """The words that are no options. Raises ValueError for one that is none of the plain ones."""
    left = iter(words)
    for word in left:
        if not word.startswith("-"):
            yield word
            continue
        name, equals, value = word.partition("=")
        if name not in PLAIN_OPTIONS:
            raise ValueError(word)
        pattern = PLAIN_OPTIONS[name]
        if pattern is None:
            given = not equals
        else:
            given = re.fullmatch(pattern, value if equals else next(left, "")) is not None
        if not given:
            raise ValueError(word)


if __name__ == "__main__":
    if getattr(sys, "frozen", False):  # the one file: a process that it starts comes in by this door as well
        from multiprocessing import freeze_support

        freeze_support()
    main()
