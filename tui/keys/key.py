"""One key: what it is pressed for, and where it is shown."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Group(StrEnum):
    """What a key is about: the headings of the help, in its order."""

    POLICY = "Change what disks do"
    EDITS = "Edits, and the file"
    LOOK = "Look"
    JUDGE = "How it is judged and written"
    PLAN = "This snapshot"
    MESSAGE = "Messages"
    PROGRAM = "The program"
    MOVE = "Move"


class Key(NamedTuple):
    """A row of a table of keys.

    ``keys`` are Textual's names, the first of them shown, ``id`` is what a keymap calls it by. ``tooltip``
    says in a sentence what it does. ``words`` are others that people look for it by. ``shown`` tells whether
    it has a place in the key line. ``first`` and ``system`` are Textual's: before what has the focus, and out
    of its help. ``display`` stands for keys that are shown together.
    """

    keys: str
    action: str
    description: str
    id: str
    tooltip: str
    group: Group
    words: str = ""
    shown: bool = True
    first: bool = False
    system: bool = False
    display: str = ""
