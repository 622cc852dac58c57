"""The settings: where they are, what is set, what can be, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import BindingType

from tui.app.bindings import bindings
from tui.app.dialogs.page import PageScreen, block
from tui.app.widgets.spans import Line, Span
from tui.disks import NEWEST
from tui.keys.dialogs import SETTINGS_KEYS
from tui.settings import OWN_THEMES, Settings, settings_path


class SettingsScreen(PageScreen):
    """What holds now; the file itself is written with any editor, but for the theme."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(SETTINGS_KEYS)

    def __init__(self, settings: Settings, theme: str) -> None:
        super().__init__("Settings")
        self._settings = settings
        self._theme = theme

    def page_lines(self, width: int) -> Iterator[Line]:
        """The file, its mistakes, and each setting."""
        yield from block([Span("File: ", "line--dim"), Span(settings_path())], width)
        for mistake in self._settings.mistakes:
            yield from block([Span("! ", "line--warning"), Span(f"{mistake}")], width)
        yield ()
        memory, hosts = self._settings.history, self._settings.ssh
        for name, value, more in (
            ("theme", self._theme, f"ours: {', '.join(OWN_THEMES)}; the command palette lists all"),
            ("libvirt", str(self._settings.libvirt or NEWEST), "the version machines are judged for"),
            ("[history] days", str(memory.days), "how long changes can be taken back"),
            ("[history] records", f"{memory.records}", "and how many at most"),
            ("[ssh] connect", str(hosts.connect), "seconds until another host must have let us in"),
            ("[ssh] silence", str(hosts.silence), "seconds that it may say nothing"),
            ("[ssh] hosts", str(hosts.hosts), "so many are asked at once"),
            ("[ssh] facts", str(hosts.facts), "seconds an ESXi host may be silent over a VM's state"),
        ):
            setting = [Span(f"{name} = ", "line--key"), Span(f"{value}  "), Span(more, "line--dim")]
            yield from block(setting, width)
        for table, more, given in (
            ("keymap", "keys by the ids that the help shows", self._settings.keymap),
            ("filters", "queries that a fleet's filter knows as @name", self._settings.filters),
        ):
            yield from block([Span(f"[{table}]  ", "line--key"), Span(more, "line--dim")], width)
            for name, value in given.items():
                yield from block([Span(f"{name} = ", "line--key"), Span(value)], width, "    ")
