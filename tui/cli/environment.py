"""The environment variables and files that the program heeds: what the manual and a bug report name."""

from __future__ import annotations

from collections.abc import Mapping

VARIABLES: Mapping[str, str] = {
    "DISKMODE_CONFIG": "The file with the settings, in place of config.toml in the platform's folder.",
    "DISKMODE_STATE": "The folder for journals and history, in place of the platform's.",
    "DISKMODE_PAINTER": "textual: write to the terminal as Textual does, whole lines.",
    "DISKMODE_DEBUG": "1: show the traceback of an error in diskmode itself.",
    "DISKMODE_SSH": "What reaches ssh:// addresses, with its options: ssh -F FILE. Default: ssh.",
    "NO_COLOR": "Not empty: no colours. Signs and words tell the same.",
    "TERM": "The terminal. dumb: no screen is opened, and nothing is coloured.",
    "TEXTUAL_THEME": "The name of a theme, before the one in the settings.",
}

FILES: Mapping[str, str] = {
    "~/.config/diskmode/config.toml": "The settings on Linux; see diskmode-config(5).",
    "~/.local/state/diskmode/": "Unsaved edits of editors that were killed, and the history of saves, "
    "on Linux. Readable by their owner only.",
    "FILE~, FILE.~1~": "Backups that --backup makes; none is overwritten.",
}
