"""A disk's policy: two aspects, the modes VMware folds them into, and every word the field has for those.

Source: M. Bolte, libvir-list, 9 July 2011 (the two aspects and the six modes); vim25 VirtualDiskMode
(the API names); PowerCLI ``DiskPersistence``; the vSphere Client's labels.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Policy(NamedTuple):
    """What a disk does: takes part in snapshots or not, keeps the guest's writes or not."""

    snapshot: bool
    persistent: bool

    @property
    def supported(self) -> bool:
        """Whether any hypervisor can honour it: in snapshots, yet discarding writes, none can."""
        return self.persistent or not self.snapshot


DEPENDENT = Policy(snapshot=True, persistent=True)
INDEPENDENT = Policy(snapshot=False, persistent=True)
DISCARDING = Policy(snapshot=False, persistent=False)
UNSUPPORTED = Policy(snapshot=True, persistent=False)


class Mode(StrEnum):
    """The value of a VMX ``.mode`` key."""

    PERSISTENT = "persistent"
    INDEPENDENT_PERSISTENT = "independent-persistent"
    INDEPENDENT_NONPERSISTENT = "independent-nonpersistent"
    UNDOABLE = "undoable"
    NONPERSISTENT = "nonpersistent"
    APPEND = "append"


class Preset(StrEnum):
    """The value of libvirt's ``<disk snapshot=…>``; its absence is no preset (None)."""

    NO = "no"
    INTERNAL = "internal"
    EXTERNAL = "external"
    MANUAL = "manual"


class Participation(StrEnum):
    """Whether a snapshot covers a disk.

    ``manual`` leaves it to the administrator, ``unknown`` is an unknown word, which says neither yes nor no.
    """

    YES = "yes"
    NO = "no"
    MANUAL = "manual"
    UNKNOWN = "unknown"

    @property
    def covered(self) -> bool | None:
        """Whether a snapshot covers it; None where that is not known."""
        return None if self is Participation.UNKNOWN else self is Participation.YES


class ModeFacts(NamedTuple):
    """One row of the mode table.

    ``label`` is what the vSphere Client calls it and ``short`` the same in at most 17 columns;
    ``legacy`` modes are read and kept but never newly set; ``effect`` finishes "This disk is …".
    """

    mode: Mode
    policy: Policy
    label: str
    short: str
    legacy: bool
    effect: str


_KEPT = "Part of snapshots and of backups made from them. Writes are kept."
MODES: dict[Mode, ModeFacts] = {
    row.mode: row
    for row in (
        ModeFacts(Mode.PERSISTENT, DEPENDENT, "Dependent", "Dependent", False, _KEPT),
        ModeFacts(
            Mode.INDEPENDENT_PERSISTENT,
            INDEPENDENT,
            "Independent - Persistent",
            "Independent-pers.",
            False,
            "Left out of snapshots and of backups made from them. Writes are kept.",
        ),
        ModeFacts(
            Mode.INDEPENDENT_NONPERSISTENT,
            DISCARDING,
            "Independent - Nonpersistent",
            "Independent-nonp.",
            False,
            "Left out of snapshots and backups made from them. Power-off discards writes.",
        ),
        ModeFacts(
            Mode.UNDOABLE,
            DEPENDENT,
            "Undoable (outdated)",
            "Undoable",
            True,
            "Outdated: writes go to a redo log, and power-off asks whether to keep them.",
        ),
        ModeFacts(
            Mode.NONPERSISTENT,
            UNSUPPORTED,
            "Nonpersistent (outdated)",
            "Nonpersistent",
            True,
            "Outdated: writes go to a redo log and are lost at power-off.",
        ),
        ModeFacts(
            Mode.APPEND,
            DEPENDENT,
            "Append (outdated)",
            "Append",
            True,
            "Outdated: writes go to a redo log that is kept until somebody removes it by hand.",
        ),
    )
}

_MODE_OF_POLICY = {facts.policy: mode for mode, facts in MODES.items() if not facts.legacy}


def mode_of(policy: Policy) -> Mode | None:
    """The VMX mode that says ``policy``, or None where VMX has no word for it."""
    return _MODE_OF_POLICY.get(policy)


def effect_of(policy: Policy) -> str:
    """One sentence or two for a person: what a disk with this policy does."""
    mode = mode_of(policy)
    if mode is None:
        return "Part of snapshots, yet its writes are lost at power-off: no hypervisor can honour both."
    return MODES[mode].effect


_BY_VALUE = {"": Mode.PERSISTENT, **{mode.value: mode for mode in Mode}}


def parse_mode(word: str) -> Mode | None:
    """The mode a VMX ``.mode`` value names; letter case does not count, an empty value is the default."""
    return _BY_VALUE.get(word.lower())


def _plain(word: str) -> str:
    return "".join(letter for letter in word.lower() if letter.isalnum())


# How alike two words are to be taken for one, as difflib counts; no mode is written in more letters.
_NEAR = 0.75
_LONGEST = 64
_WORDS = {_plain(name): mode for mode, facts in MODES.items() for name in (mode.value, facts.label)}


def mode_named(word: str) -> Mode | None:
    """The mode a person names in VMX's, vSphere's, PowerCLI's or the vSphere Client's words.

    ``independent_persistent``, ``IndependentPersistent`` and ``Independent - Persistent`` are one mode.
    """
    return _WORDS.get(_plain(word))


def near_mode(word: str) -> Mode | None:
    """The mode that an unknown word may have been meant for: its name in another product, or a misspelling.

    Never one that says the opposite: ``independent`` by itself is no ``persistent``, alike as they look.
    """
    mode, plain = mode_named(word), _plain(word)
    if mode is not None or len(word) >= _LONGEST:
        return mode
    from difflib import get_close_matches  # noqa: PLC0415 - for a word nobody knows only

    alike = [name for name in _WORDS if _negations(name) == _negations(plain)]
    near = get_close_matches(plain, alike, 1, _NEAR)
    return _WORDS[near[0]] if near else None


def _negations(plain: str) -> tuple[bool, bool]:
    """Whether a word denies that a disk depends on snapshots, and that it persists."""
    return plain.startswith("ind"), "non" in plain or plain.startswith(("not", "un"))


def yes_no(value: bool) -> str:
    """The word for a toggle: in queries, reports and comparisons, and in the attributes of some spellings."""
    return "yes" if value else "no"
