"""Writing a VMX: one ``key = "value"`` a line."""

from __future__ import annotations

from tui.formats.vmx_syntax import escape

# Any value may be written with either letter case in its escapes; libvirt's formatter writes them small.
_SMALL = {f"|{code:02X}": f"|{code:02x}" for code in (*range(0x20), 0x22, 0x7C, 0x7F)}


def quoted(value: str) -> str:
    """``value`` as it stands between the quotes: a quote, a bar, controls but tab escaped.

    Characters no encoding holds (lone surrogates) become ``?``.
    """
    value = value.encode("utf-8", "replace").decode("utf-8")
    escaped = escape(value)
    if escaped == value:
        return value
    return "".join(
        part if number == 0 else _SMALL["|" + part[:2]] + part[2:]
        for number, part in enumerate(escaped.split("|"))
    )


class VmxWriter:
    """The lines of a VMX being written; ``line`` is the number (from 0) the next one will have."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    @property
    def line(self) -> int:
        """The number (from 0) of the line to be written next."""
        return len(self.lines)

    def key(self, name: str, value: str | int) -> None:
        """Write the line ``name = "value"``; what a value may not hold is escaped."""
        self.lines.append(f'{name} = "{quoted(value) if isinstance(value, str) else value}"')

    def flag(self, name: str, value: bool) -> None:
        """One key that is true or false."""
        self.lines.append(f'{name} = "{"true" if value else "false"}"')

    def unfinished(self, name: str, value: str, remark: str) -> None:
        """A key for the user to finish: a comment, so that no product takes the value for one."""
        self.lines.append(f'# {name} = "{quoted(value)}" # {quoted(remark)}')

    def __str__(self) -> str:
        return "\n".join(self.lines) + "\n"
