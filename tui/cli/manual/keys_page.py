"""The keys of the editor and of the fleet, from the tables that bind them."""

from __future__ import annotations

from collections.abc import Iterator

from tui.cli.manual.roff import bold, heading, tagged
from tui.keys.key_table import key_rows


def keys_section() -> Iterator[str]:
    """A section for each screen: the keys, what they do, and the id that a keymap names."""
    for screen in ("editor", "fleet"):
        yield heading(f"keys of the {screen}")
        for row in key_rows(screen):
            yield from tagged(", ".join(map(bold, row.keys)), [f"{row.text}. [{row.id}]"])
