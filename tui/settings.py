"""What a person set for themselves, in ``config.toml`` under the platform's config folder."""

from __future__ import annotations

# ruff: noqa: PLC0415 - read before the first screen: what is not needed then is not loaded
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tui import posix
from tui.storage import ErrorKind, Limits, MissingError, StorageError, read, write_new

if TYPE_CHECKING:
    from tui.disks import LibvirtVersion

NAME = "diskmode"
# The themes of our own, which Textual knows only once there is an app.
OWN_THEME = "diskmode"
LIGHT_THEME, CONTRAST_THEME = "diskmode-light", "diskmode-contrast"
ANSI_THEME, ANSI_LIGHT_THEME = "diskmode-16", "diskmode-16-light"
OWN_THEMES = (OWN_THEME, LIGHT_THEME, CONTRAST_THEME, ANSI_THEME, ANSI_LIGHT_THEME)
# Those, and Textual's: the command line, which never loads it, tells a name that is neither.
THEMES = (
    *OWN_THEMES,
    *("ansi-dark", "ansi-light", "atom-one-dark", "atom-one-light", "catppuccin-frappe", "catppuccin-latte"),
    *("catppuccin-macchiato", "catppuccin-mocha", "dracula", "flexoki", "gruvbox", "monokai", "nord"),
    *("rose-pine", "rose-pine-dawn", "rose-pine-moon", "solarized-dark", "solarized-light"),
    *("textual-dark", "textual-light", "tokyo-night"),
)
_NO_KEYS: Mapping[str, str] = {}
_DEFAULTS = "the defaults are used"
# Bytes. To read more would keep the first screen waiting.
_LARGEST = 256 * 1024
_MOST_DAYS, _MOST_RECORDS, _MOST_SECONDS = 36_500, 100_000, 3_600
# What there is to be set, by table; the names in a keymap are those of the keys, and filters have any.
KNOWN: Mapping[str, tuple[str, ...]] = {
    "": ("theme", "libvirt", "keymap", "history", "ssh", "filters"),
    "history": ("days", "records"),
    "ssh": Limits._fields,
}


class MemorySettings(NamedTuple):
    """How long changes are remembered: for ``days``, and at most so many ``records``."""

    days: int = 90
    records: int = 1_000


class Settings(NamedTuple):
    """``keymap`` is Textual's: a binding's id to its keys. ``trouble`` is what was wrong with the file, in a
    sentence; ``mistakes`` are what of it was passed over.

    ``libvirt`` is the version machines are judged for (None: the newest known), ``ssh`` how other hosts are
    waited for. ``filters`` are queries by the names they were saved under.
    """

    theme: str | None = None
    keymap: Mapping[str, str] = _NO_KEYS
    trouble: str | None = None
    history: MemorySettings = MemorySettings()
    libvirt: LibvirtVersion | None = None
    ssh: Limits = Limits()
    filters: Mapping[str, str] = _NO_KEYS
    mistakes: tuple[str, ...] = ()


def settings_path() -> str:
    """Where the settings lie; ``DISKMODE_CONFIG`` names another file."""
    named = os.environ.get("DISKMODE_CONFIG")
    return named or f"{own_folder('XDG_CONFIG_HOME', '.config', 'user_config_dir')}{os.sep}config.toml"


def own_folder(variable: str, below_home: str, of_platform: str) -> str:
    """Our folder: on Linux by the variable, or in the home; elsewhere what platformdirs' function gives us.

    To load platformdirs takes longer than to judge a machine. An account without a home gets a folder that
    cannot be: so nothing is read there, and what cannot be kept is said as it is of any folder that refuses.
    """
    base = posix.base_folder(variable, below_home)
    if base is not None:
        return f"{base.rstrip('/')}/{NAME}"
    import platformdirs

    try:
        found: str = getattr(platformdirs, of_platform)(NAME)
    except RuntimeError:
        return f"{os.devnull}{os.sep}{NAME}"
    return found


def load_settings() -> Settings:
    """The settings, or the defaults and what was wrong; never raises."""
    path = settings_path()
    try:
        data = _data_of(path)
    except MissingError:
        return Settings()
    except StorageError as error:
        return Settings(trouble=f"{path}: {error.what}; {_DEFAULTS}")
    try:
        text = data.decode("utf-8")
        found = parsed(text)
    except ValueError as error:
        return Settings(trouble=f"{path}: {error}; {_DEFAULTS}")
    noted: list[_Mistake] = []
    settings = _settings(_Table(text, "", found, noted))
    mistakes = [str(one) for one in sorted(noted, key=lambda one: one.line or 0)]
    trouble = f"{path}: {'; '.join(mistakes)}; {_DEFAULTS} there" if mistakes else None
    return settings._replace(trouble=trouble, mistakes=tuple(mistakes))


def _data_of(path: str) -> bytes:
    """The bytes of the settings; an empty file sets nothing. Raises MissingError and StorageError."""
    try:
        return read(path).data
    except StorageError as error:
        if error.kind is ErrorKind.EMPTY:
            return b""
        raise


def parsed(text: str) -> dict[str, Any]:
    """A TOML text. Raises ValueError with a sentence, and the line where it is known."""
    import tomllib

    if len(text) > _LARGEST:
        raise ValueError("it is larger than 256 KiB, and no settings are")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:  # Python reads no number of more than 4,300 digits
        found = re.search(r"\d{4300}", text.replace("_", ""))
        line = "" if found is None else f"line {text.replace('_', '').count(chr(10), 0, found.start()) + 1}: "
        raise ValueError(f"{line}a number has too many digits") from error


class _Mistake(NamedTuple):
    """What of the settings was passed over, and its line, where that is known."""

    line: int | None
    what: str

    def __str__(self) -> str:
        return self.what if self.line is None else f"line {self.line}: {self.what}"


class _Table(NamedTuple):
    """A table of the settings, and where the mistakes in it are noted."""

    text: str
    name: str
    values: Mapping[str, Any]
    mistakes: list[_Mistake]

    def table(self, name: str, example: str) -> _Table:
        """The table of this name; what is none of these is a mistake, and counts as empty."""
        values = self.values.get(name, {})
        if not isinstance(values, dict):
            self.note(name, f"[{name}] wants lines like {example}")
            values = {}
        return _Table(self.text, name, values, self.mistakes)

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 1 to ``most``."""
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            self.note(name, f"{self.name}.{name} wants a whole number from 1 to {most:,}")
            return default
        return value

    def note(self, name: str, mistake: str) -> None:
        """Keep a mistake about a name, with its line."""
        self.mistakes.append(_Mistake(line_of(self.text, self.name, name), mistake))


_HEADING = r"\s*\[+\s*(.*?)\s*\]+\s*(?:#.*)?"


def line_of(text: str, table: str, name: str) -> int | None:
    """The line (from 1) where a name of a table is given, as far as that can be told without a parser."""
    given = re.compile(rf"\s*(?:{re.escape(table)}\s*\.\s*)?[\"']?{re.escape(name)}[\"']?\s*[.=]")
    inside = ""
    at_table = None
    for number, line in enumerate(text.split("\n"), 1):
        heading = re.fullmatch(_HEADING, line)
        if heading is not None:
            inside = heading[1].strip("\"'")
            if inside == name and not table:
                return number
        elif inside in (table, "") and given.match(line):
            return number
        elif table and not inside and re.match(rf"\s*{re.escape(table)}\s*=", line):
            at_table = number
    return at_table


def _settings(top: _Table) -> Settings:
    keys = top.table("keymap", '"disk.snapshot" = "f5"')
    memory = top.table("history", "days = 30")
    hosts = top.table("ssh", "connect = 15")
    for table in (top, memory, hosts):
        _note_unknown(table)
    return Settings(
        _theme(top),
        dict(_keys(keys)),
        history=MemorySettings(
            memory.number("days", MemorySettings().days, _MOST_DAYS),
            memory.number("records", MemorySettings().records, _MOST_RECORDS),
        ),
        libvirt=_libvirt(top),
        ssh=Limits(
            **{
                name: hosts.number(name, default, _MOST_SECONDS)
                for name, default in Limits()._asdict().items()
            }
        ),
        filters=dict(_filters(top.table("filters", 'mine = "vm:web* is:skipped"'))),
    )


def _theme(top: _Table) -> str | None:
    theme = top.values.get("theme")
    if theme is None or theme in THEMES:
        return theme
    if isinstance(theme, str) and theme.isprintable():
        top.note("theme", f'no theme is called "{shortened(theme)}"{_nearest(theme, THEMES)}')
    else:
        top.note("theme", "theme wants a name in quotes")
    return None


def _note_unknown(table: _Table) -> None:
    known = KNOWN[table.name]
    where = f" in [{table.name}]" if table.name else ""
    for name in table.values:
        if name not in known:
            table.note(name, f"nothing is called {shortened(name)}{where}{_nearest(name, known)}")


def _nearest(word: str, known: Sequence[str]) -> str:
    from tui.keys.keymap import nearest

    return nearest(word, known)


def shortened(word: str) -> str:
    """A word of a person's, that a sentence about it stays one."""
    return word if len(word) <= 30 else f"{word[:29]}…"


def _libvirt(top: _Table) -> LibvirtVersion | None:
    if "libvirt" not in top.values:
        return None
    try:
        from tui.disks import LibvirtVersion

        return LibvirtVersion.parse(str(top.values["libvirt"]))
    except ValueError:
        top.note("libvirt", 'libvirt wants a version like "11.3"')
        return None


def _filters(table: _Table) -> Iterator[tuple[str, str]]:
    for name, query in table.values.items():
        if isinstance(query, str) and query.isprintable() and is_filter_name(name):
            yield name, query
        else:
            table.note(name, '[filters] wants lines like mine = "vm:web* is:skipped"')


def _keys(table: _Table) -> Iterator[tuple[str, str]]:
    good = {}
    for name, keys in table.values.items():
        if isinstance(keys, str) and keys.isprintable():
            good[name] = keys
        else:
            table.note(name, '[keymap] wants lines like "disk.snapshot" = "f5"')
    if good:
        yield from _known_keys(table, good)


def _known_keys(table: _Table, good: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    from tui.keys.keymap import clashes_in, mistakes_in

    wrong = dict(mistakes_in(good))
    wrong |= clashes_in({name: keys for name, keys in good.items() if name not in wrong})
    for name, mistake in wrong.items():
        table.note(name, mistake)
    yield from ((name, keys) for name, keys in good.items() if name not in wrong)


def is_filter_name(name: str) -> bool:
    """Whether a filter can be saved under a name, and asked for by ``@name``."""
    return re.fullmatch(r"[\w.-]+", name) is not None


def keep_theme(theme: str) -> str | None:
    """Write the theme into the settings, all else as it stands there; what went wrong, or None."""
    trouble = _keep("", "theme", theme)
    return trouble and f"the theme could not be kept: {trouble}"


def keep_filter(name: str, query: str) -> str | None:
    """Write a query into the settings under a name, all else as it stands; what went wrong, or None."""
    trouble = _keep("filters", name, query)
    return trouble and f"the filter could not be kept: {trouble}"


def _keep(table: str, name: str, value: str) -> str | None:
    import tomlkit

    path = settings_path()
    try:
        try:
            document = tomlkit.parse(_data_of(path).decode("utf-8"))
        except MissingError:
            document = tomlkit.document()
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        inside: Any = document
        if table:
            inside = document.setdefault(table, tomlkit.table())
        inside[name] = value
        write_new(path, tomlkit.dumps(document).encode("utf-8"), overwrite=True)
    except (StorageError, OSError, ValueError, TypeError, RecursionError) as error:
        return str(error)
    return None
