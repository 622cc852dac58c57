"""The theme the screens are made for: calm, and of colours a terminal of 256 has as well.

Every colour is one of xterm's palette, so that true-colour terminals and others show the same, and each
change of colour takes half the bytes on the line to the terminal. One accent, for keys; one for what changed;
the severities keep theirs.
"""

from textual.theme import Theme

from tui.settings import OWN_THEME

THEME = Theme(
    name=OWN_THEME,
    background="#121212",
    surface="#1c1c1c",
    panel="#303030",
    boost="#1c1c1c",
    foreground="#dadada",
    primary="#87afd7",
    secondary="#5f87af",
    accent="#ffaf5f",
    success="#87d787",
    warning="#ffd75f",
    error="#ff8787",
    variables={
        "boost": "#1c1c1c",
        "panel-lighten-2": "#585858",
        "primary-muted": "#444444",
        "text": "#eeeeee",
        "text-muted": "#a8a8a8",
        "text-disabled": "#8a8a8a",
        "text-primary": "#87afd7",
        "text-accent": "#ffaf5f",
        "text-success": "#87d787",
        "text-warning": "#ffd75f",
        "text-error": "#ff8787",
        "scrollbar": "#767676",
        "scrollbar-hover": "#a8a8a8",
        "scrollbar-active": "#ffaf5f",
        "scrollbar-background": "#121212",
        "scrollbar-background-hover": "#121212",
        "scrollbar-background-active": "#121212",
        "scrollbar-corner-color": "#121212",
    },
)
