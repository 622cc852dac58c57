"""What this machine has of what the program uses: looked up, never connected to, and nothing secret in it.

Of the environment only the names of our own variables are told, and the values of TERM, COLORTERM and the
locale's. Paths below the home begin with ``~``, and what is called as the person is becomes ``USER``.
"""

from __future__ import annotations

import codecs
import locale
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

from tui import __version__
from tui.cli.environment import VARIABLES
from tui.history.journal import waiting
from tui.history.state_folder import state_facts
from tui.settings import load_settings, settings_path

SCHEMA = "diskmode.doctor/1"
_PACKAGES = ("textual", "lxml", "click", "platformdirs", "tomlkit")
_EXTRAS = ("python-calamine",)
# Each program, and what has it tell its version.
_PROGRAMS = {"ssh": ("-V",), "virsh": ("--version",)}
_SECONDS = 5
_LONGEST = 60
_LIBVIRT_SCHEMAS = ("/usr/share/libvirt/schemas", "/usr/local/share/libvirt/schemas")
# The first that is set counts (setlocale(3)).
_LOCALE = ("LC_ALL", "LC_CTYPE", "LANG")
_TRUE_COLOUR = 1 << 24


class Person(NamedTuple):
    """Whose name and home are not told."""

    home: str
    names: tuple[str, ...]

    def hidden(self, text: str) -> str:
        """A text in which the home folder is ~ and the person's names are left out."""
        if len(self.home) > 1:
            text = re.sub(rf"{re.escape(self.home)}(?=[/\\:;,\s]|$)", "~", text)
        for name in self.names:
            text = re.sub(rf"(?<=[/\\]){re.escape(name)}(?=[/\\:;,\s]|$)", "USER", text)
        return text


def person() -> Person:
    """Who runs the program, as far as the environment tells."""
    home = os.path.expanduser("~")  # noqa: PTH111 - Path raises where there is none
    words = (
        re.split(r"[/\\\\]", home)[-1],
        *(os.environ.get(name, "") for name in ("USER", "LOGNAME", "USERNAME")),
    )
    return Person(home.rstrip("/\\"), tuple(dict.fromkeys(word for word in words if word and word != "~")))


def facts() -> dict[str, Any]:
    """Everything, as ``diskmode doctor --json`` tells it."""
    who = person()
    return {
        "schema": SCHEMA,
        "version": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "terminal": _terminal(),
        "locale": _locale(),
        "painter": "textual" if os.environ.get("DISKMODE_PAINTER") == "textual" else "lean",
        "packages": [_package(name, needed=True) for name in _PACKAGES]
        + [_package(name, needed=False) for name in _EXTRAS],
        "programs": [_program(name, words, who) for name, words in _PROGRAMS.items()],
        "libvirt_schemas": next((one for one in _LIBVIRT_SCHEMAS if os.path.isdir(one)), None),  # noqa: PTH112
        "settings": _settings(who),
        "state": _state(who),
        "variables": [name for name in VARIABLES if name in os.environ],
    }


def _terminal() -> dict[str, Any]:
    size = _size()
    return {
        "term": os.environ.get("TERM"),
        "colours": _colours(),
        "no_color": bool(os.environ.get("NO_COLOR")),
        "columns": None if size is None else size.columns,
        "rows": None if size is None else size.lines,
        "utf8": _is_utf8(getattr(sys.stdout, "encoding", None)),
        "input": _is_terminal(sys.stdin),
        "output": _is_terminal(sys.stdout),
    }


def _is_terminal(stream: Any) -> bool:
    with suppress(ValueError):  # it was closed
        return stream is not None and bool(stream.isatty())
    return False


def _size() -> os.terminal_size | None:
    for descriptor in (1, 2, 0):
        with suppress(OSError):
            return os.get_terminal_size(descriptor)
    return None


def _is_utf8(encoding: str | None) -> bool:
    with suppress(LookupError):
        return encoding is not None and codecs.lookup(encoding).name == "utf-8"
    return False


def _colours() -> int:
    """How many the terminal says it has: COLORTERM, TERM's own name, or terminfo."""
    term = os.environ.get("TERM", "")
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return _TRUE_COLOUR
    if "256color" in term:
        return 256
    try:
        import curses  # noqa: PLC0415 - not on every system

        curses.setupterm(term or "dumb", 1)
        return max(curses.tigetnum("colors"), 0)
    except (ImportError, OSError, ValueError):
        return 0
    except Exception as error:  # curses.error, which has no name where there is no curses
        if type(error).__name__ != "error":
            raise
        return 0


def _locale() -> dict[str, Any]:
    name = next((value for one in _LOCALE if (value := os.environ.get(one))), None)
    return {"name": name, "encoding": locale.getpreferredencoding(False)}


def _package(name: str, *, needed: bool) -> dict[str, Any]:
    found: str | None = None
    with suppress(PackageNotFoundError):
        found = version(name)
    return {"name": name, "version": found, "needed": needed}


def _program(name: str, words: Sequence[str], who: Person) -> dict[str, Any]:
    path = shutil.which(name)
    return {
        "name": name,
        "path": None if path is None else who.hidden(path),
        "version": None if path is None else _version_of(path, words),
    }


def _version_of(path: str, words: Sequence[str]) -> str | None:
    """The first line a program says of itself, or None; it connects to nothing for that."""
    try:
        done = subprocess.run(
            [path, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            text=True,
            errors="replace",
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    lines = (done.stdout.strip() or done.stderr.strip()).splitlines()
    return lines[0].partition(",")[0][:_LONGEST] if lines and done.returncode == 0 else None


def _settings(who: Person) -> dict[str, Any]:
    path, settings = settings_path(), load_settings()
    mistakes = settings.mistakes or (() if settings.trouble is None else (settings.trouble,))
    return {
        "path": who.hidden(path),
        "there": os.path.lexists(path),
        "mistakes": [who.hidden(one) for one in mistakes],
        "theme": settings.theme,
        "keys": len(settings.keymap),
    }


def _state(who: Person) -> dict[str, Any]:
    found = state_facts()
    return {
        "path": who.hidden(str(found.folder)),
        "there": found.there,
        "writable": found.writable,
        "journals": sum(one.runs is False for one in waiting()),
        "records": found.records,
    }


def amiss(found: dict[str, Any]) -> Iterator[str]:
    """What of the facts needs mending, in a clause each."""
    yield from found["settings"]["mistakes"]
    if not found["state"]["writable"]:
        yield f"{found['state']['path']} cannot be written to: unsaved edits and changes are not remembered"
    for package in found["packages"]:
        if package["needed"] and package["version"] is None:
            yield f"the package {package['name']} is not there: install diskmode again"
