"""What can be wrong with a document's bytes. The faces add the file's name."""

from __future__ import annotations


class FormatError(Exception):
    """The bytes are no document this program reads. ``line`` counts from 1; None: no line is to blame."""

    def __init__(self, what: str, remedy: str, line: int | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.line = line

    def __str__(self) -> str:
        place = "" if self.line is None else f"line {self.line}: "
        return f"{place}{self.what}; {self.remedy}"


class EditError(Exception):
    """An edit this document cannot take, with the reason in a sentence."""
