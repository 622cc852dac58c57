"""The themes the screens are made for: calm, and of colours a terminal of 256 has as well.

Every colour is one of xterm's palette, so that true-colour terminals and others show the same, and each
change of colour takes half the bytes on the line to the terminal. One accent, for keys; one for what changed;
the severities keep theirs. A test works out that every text on every ground has a contrast of 4.5:1 or more,
as WCAG 2.1 wants it; in those of sixteen colours on the palettes of xterm, PuTTY and the Linux console.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from textual.theme import Theme

from tui.settings import ANSI_LIGHT_THEME, ANSI_THEME, CONTRAST_THEME, LIGHT_THEME, OWN_THEME


def _variables(ink: Mapping[str, str], ground: Mapping[str, str]) -> dict[str, str]:
    """The names of the style sheets: inks as they are given, grounds, and bars that are drawn in ink."""
    bars = ("scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active")
    return {
        **{f"text-{name}" if name else "text": colour for name, colour in ink.items()},
        "text-secondary": ink["primary"],
        "boost": ground["boost"],
        "panel-lighten-2": ground["line"],
        "primary-muted": ground["cursor"],
        "scrollbar": ground["bar"],
        "scrollbar-hover": ink["muted"],
        "scrollbar-active": ink["accent"],
        **dict.fromkeys((*bars, "scrollbar-corner-color"), ground["behind"]),
        "block-cursor-background": ground["chosen"],
        "block-cursor-foreground": ground["behind"],
        "block-cursor-blurred-background": ground["cursor"],
        "block-cursor-blurred-foreground": ink[""],
        "input-cursor-background": ink[""],
        "input-cursor-foreground": ground["behind"],
        "input-cursor-text-style": "none",
        "input-selection-background": ground["cursor"],
        "footer-key-foreground": ink["accent"],
    }


def _theme(name: str, ink: Mapping[str, str], ground: Mapping[str, str], *, dark: bool) -> Theme:
    return Theme(
        name=name,
        dark=dark,
        background=ground["behind"],
        surface=ground["boost"],
        panel=ground["panel"],
        boost=ground["boost"],
        foreground=ink[""],
        primary=ink["primary"],
        secondary=ink["primary"],
        accent=ink["accent"],
        success=ink["success"],
        warning=ink["warning"],
        error=ink["error"],
        variables=_variables(ink, ground),
    )


def _ansi_theme(name: str, ink: Mapping[str, str], *, dark: bool) -> Theme:
    """The terminal's own colours on its own ground: nothing but inks."""
    default = "ansi_default"
    ground = dict.fromkeys(("boost", "behind", "panel", "cursor"), default) | {
        "line": default,
        "bar": default,
        "chosen": ink["primary"],
    }
    black, white = "ansi_black", "ansi_white"
    variables = _variables(ink, ground) | {
        "ansi-background": black if dark else white,
        "ansi-foreground": white if dark else black,
        "block-cursor-foreground": black if dark else "ansi_bright_white",
        "block-cursor-text-style": "none",
        "border-blurred": default,
        "input-cursor-background": default,
        "input-cursor-foreground": default,
        "input-cursor-text-style": "reverse",
        "input-selection-background": ink["primary"],
        "input-selection-foreground": black if dark else "ansi_bright_white",
        "screen-selection-background": ink["primary"],
        "screen-selection-foreground": black if dark else "ansi_bright_white",
    }
    return replace(_theme(name, {**ink, "": default}, ground, dark=dark), ansi=True, variables=variables)


_DARK = _theme(
    OWN_THEME,
    {
        "": "#eeeeee",
        "muted": "#b2b2b2",
        "disabled": "#a8a8a8",
        "primary": "#87afd7",
        "accent": "#ffaf5f",
        "success": "#87d787",
        "warning": "#ffd75f",
        "error": "#ff8787",
    },
    {
        "behind": "#121212",
        "boost": "#1c1c1c",
        "panel": "#303030",
        "cursor": "#3a3a3a",
        "line": "#585858",
        "bar": "#767676",
        "chosen": "#ffaf5f",
    },
    dark=True,
)
_LIGHT = _theme(
    LIGHT_THEME,
    {
        "": "#121212",
        "muted": "#4e4e4e",
        "disabled": "#585858",
        "primary": "#005f87",
        "accent": "#5f00af",
        "success": "#005f00",
        "warning": "#5f5f00",
        "error": "#870000",
    },
    {
        "behind": "#eeeeee",
        "boost": "#e4e4e4",
        "panel": "#dadada",
        "cursor": "#dadada",
        "line": "#949494",
        "bar": "#808080",
        "chosen": "#5f00af",
    },
    dark=False,
)
_CONTRAST = _theme(
    CONTRAST_THEME,
    {
        "": "#ffffff",
        "muted": "#d0d0d0",
        "disabled": "#bcbcbc",
        "primary": "#87d7ff",
        "accent": "#ffff5f",
        "success": "#5fff5f",
        "warning": "#ffd75f",
        "error": "#ffafaf",
    },
    {
        "behind": "#000000",
        "boost": "#000000",
        "panel": "#121212",
        "cursor": "#303030",
        "line": "#9e9e9e",
        "bar": "#bcbcbc",
        "chosen": "#ffff5f",
    },
    dark=True,
)
_IN_DEFAULT = {"": "ansi_default", "muted": "ansi_default", "disabled": "ansi_default"}
_ANSI = _ansi_theme(
    ANSI_THEME,
    {
        **_IN_DEFAULT,
        "primary": "ansi_cyan",
        "accent": "ansi_cyan",
        "success": "ansi_green",
        "warning": "ansi_bright_yellow",
        "error": "ansi_bright_red",
    },
    dark=True,
)
# On white, and bold may be bright there: only blue is dark enough.
_ANSI_LIGHT = _ansi_theme(
    ANSI_LIGHT_THEME,
    {
        **_IN_DEFAULT,
        "primary": "ansi_blue",
        "accent": "ansi_blue",
        "success": "ansi_blue",
        "warning": "ansi_default",
        "error": "ansi_default",
    },
    dark=False,
)
THEMES = (_DARK, _LIGHT, _CONTRAST, _ANSI, _ANSI_LIGHT)
