"""How a domain XML spells a disk's policy: four ways to write it, one way to read them all.

``libvirt``: the ``snapshot`` attribute and ``<transient/>`` (libvirt since 0.9.5). ``attributes``: Bolte's
first form, ``snapshot=`` and ``persistent=`` with yes or no. ``elements``: his second thought, negative child
elements; the mail's archive dropped their names, so ``<nosnapshot/>`` and ``<nonpersistent/>`` are this
project's own. ``vmx-mode``: Paliy's patch, the VMX value as it is in ``snapshot_mode``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tui.disks import MODES, Dropped, Policy, Preset, Spelling, Transient, mode_of, parse_mode, yes_no

ATTRIBUTES = ("snapshot", "persistent", "snapshot_mode")
ELEMENTS = ("nosnapshot", "nonpersistent", "transient")


class PolicyWords(NamedTuple):
    """What one ``<disk>`` says of its policy: an attribute's value (None: absent), an element's presence."""

    snapshot: str | None = None
    persistent: str | None = None
    snapshot_mode: str | None = None
    nosnapshot: bool = False
    nonpersistent: bool = False
    transient: bool = False

    @property
    def attributes(self) -> dict[str, str | None]:
        """The attributes of ``<disk>``, those that are absent as None."""
        return {
            "snapshot": self.snapshot,
            "persistent": self.persistent,
            "snapshot_mode": self.snapshot_mode,
        }

    @property
    def elements(self) -> list[str]:
        """The names of the empty elements, in libvirt's order."""
        said = (
            ("transient", self.transient),
            ("nosnapshot", self.nosnapshot),
            ("nonpersistent", self.nonpersistent),
        )
        return [name for name, stands in said if stands]


_SILENT = PolicyWords()


class Surroundings(NamedTuple):
    """What decides how a missing word is read: the driver, and whether the disk can be written at all.

    ``implied_snapshot`` is False for read-only and empty ones (libvirt, virDomainSnapshotAlignDisks);
    ``participating`` is the preset that makes such a disk take part all the same.
    """

    vmware: bool = False
    implied_snapshot: bool = True
    participating: Preset = Preset.EXTERNAL


class Claim(NamedTuple):
    """One explicit word on one aspect: ``text`` as it stands in the file, ``says`` what it means."""

    text: str
    says: bool


_YES_NO = {"yes": True, "no": False}
_PARTICIPATES: dict[str, bool] = {preset.value: preset is not Preset.NO for preset in Preset} | {"yes": True}


def _mode_policy(written: PolicyWords) -> Policy | None:
    mode = parse_mode(written.snapshot_mode) if written.snapshot_mode is not None else None
    return None if mode is None else MODES[mode].policy


def snapshot_claims(written: PolicyWords) -> list[Claim]:
    """Every explicit word on taking part in snapshots, the one libvirt acts on first."""
    claims = []
    if written.snapshot in _PARTICIPATES:
        claims.append(Claim(f"snapshot='{written.snapshot}'", _PARTICIPATES[written.snapshot]))
    if written.nosnapshot:
        claims.append(Claim("<nosnapshot/>", says=False))
    policy = _mode_policy(written)
    if policy is not None:
        claims.append(Claim(f"snapshot_mode='{written.snapshot_mode}'", policy.snapshot))
    return claims


def persistence_claims(written: PolicyWords) -> list[Claim]:
    """Every explicit word on keeping writes, the one libvirt acts on first."""
    claims = []
    if written.transient:
        claims.append(Claim("<transient/>", says=False))
    if written.persistent in _YES_NO:
        claims.append(Claim(f"persistent='{written.persistent}'", _YES_NO[written.persistent]))
    if written.nonpersistent:
        claims.append(Claim("<nonpersistent/>", says=False))
    policy = _mode_policy(written)
    if policy is not None:
        claims.append(Claim(f"snapshot_mode='{written.snapshot_mode}'", policy.persistent))
    return claims


def contradictions(written: PolicyWords) -> tuple[str, ...]:
    """Pairs of words on one aspect that cannot both hold, as the file has them."""
    if written == _SILENT:  # as most disks are
        return ()
    found = []
    for claims in (snapshot_claims(written), persistence_claims(written)):
        against = next((claim for claim in claims if claim.says != claims[0].says), None)
        if against is not None:
            found.append(f"{claims[0].text} and {against.text}")
    return tuple(found)


def shown_policy(written: PolicyWords, around: Surroundings) -> Policy:
    """The policy in effect: what is written, else the default there.

    ``<transient/>`` alone in a ``vmware`` domain is independent-nonpersistent, the only mode ESX has for it.
    """
    keeps, takes_part = persistence_claims(written), snapshot_claims(written)
    persistent = keeps[0].says if keeps else True
    implied = around.implied_snapshot and not (around.vmware and not persistent)
    return Policy(takes_part[0].says if takes_part else implied, persistent)


def dropped(written: PolicyWords, around: Surroundings) -> Dropped | None:
    """The words that libvirt does not read, and what it makes of the others.

    It drops an attribute or an element it does not know without a word (measured on 9.0 and 11.3).
    ``snapshot='yes'`` is none of them: it reads that, and refuses the domain.
    """
    attributes = (("persistent", written.persistent), ("snapshot_mode", written.snapshot_mode))
    elements = (("nosnapshot", written.nosnapshot), ("nonpersistent", written.nonpersistent))
    found = [f"{name}='{word}'" for name, word in attributes if word is not None]
    found += [f"<{name}/>" for name, there in elements if there]
    if not found:
        return None
    read = PolicyWords(snapshot=written.snapshot, transient=written.transient)
    return Dropped(tuple(found), shown_policy(read, around))


def style_of(written: PolicyWords) -> Spelling:
    """The spelling a disk already uses; libvirt's where it says nothing."""
    if written.snapshot_mode is not None:
        return Spelling.VMX_MODE
    if written.nosnapshot or written.nonpersistent:
        return Spelling.ELEMENTS
    if written.persistent is not None or written.snapshot == "yes":
        return Spelling.ATTRIBUTES
    return Spelling.LIBVIRT


def _kept_preset(written: PolicyWords) -> str | None:
    """The preset that says how a disk takes part, where one stands there."""
    return (
        written.snapshot if _PARTICIPATES.get(written.snapshot or "") and written.snapshot != "yes" else None
    )


def _in_libvirt(policy: Policy, before: PolicyWords) -> PolicyWords:
    return PolicyWords(
        snapshot=_kept_preset(before) if policy.snapshot else "no", transient=not policy.persistent
    )


def _in_attributes(policy: Policy, before: PolicyWords) -> PolicyWords:
    takes_part = _kept_preset(before) or "yes"
    return PolicyWords(snapshot=takes_part if policy.snapshot else "no", persistent=yes_no(policy.persistent))


def _in_elements(policy: Policy, before: PolicyWords) -> PolicyWords:
    return PolicyWords(
        snapshot=_kept_preset(before) if policy.snapshot else None,
        nosnapshot=not policy.snapshot,
        nonpersistent=not policy.persistent,
    )


def _in_vmx_mode(policy: Policy, before: PolicyWords) -> PolicyWords:
    mode = mode_of(policy)
    if mode is None:
        return _in_libvirt(policy, before)
    return PolicyWords(snapshot=_kept_preset(before) if policy.snapshot else None, snapshot_mode=mode.value)


_IN_SPELLING: dict[Spelling, Callable[[Policy, PolicyWords], PolicyWords]] = {
    Spelling.LIBVIRT: _in_libvirt,
    Spelling.ATTRIBUTES: _in_attributes,
    Spelling.ELEMENTS: _in_elements,
    Spelling.VMX_MODE: _in_vmx_mode,
}


def spelt(policy: Policy, spelling: Spelling, before: PolicyWords | None = None) -> PolicyWords:
    """``policy`` wholly in one spelling; a preset that ``before`` held stays, where the disk takes part."""
    return _IN_SPELLING[spelling](policy, before or PolicyWords())


def amended(before: PolicyWords, policy: Policy, around: Surroundings) -> PolicyWords:
    """``before`` changed as little as makes it say ``policy``, each word in the spelling it already has."""
    style = style_of(before)
    after = before
    if any(claim.says != policy.snapshot for claim in snapshot_claims(before)):
        after = after._replace(
            snapshot=_amended_snapshot(before, policy),
            nosnapshot=before.nosnapshot and not policy.snapshot,
        )
    if any(claim.says != policy.persistent for claim in persistence_claims(before)):
        after = after._replace(
            persistent=before.persistent and yes_no(policy.persistent),
            nonpersistent=before.nonpersistent and not policy.persistent,
            transient=before.transient and not policy.persistent,
        )
    if before.snapshot_mode is not None and _mode_policy(before) != policy:
        mode = mode_of(policy)
        after = after._replace(snapshot_mode=mode and mode.value)
    return _spoken_out(after, policy, style, around)


# The words of each spelling; a preset that says how a disk takes part is of all of them.
_WORDS_OF: dict[Spelling, frozenset[str]] = {
    Spelling.LIBVIRT: frozenset(("transient",)),
    Spelling.ATTRIBUTES: frozenset(("persistent",)),
    Spelling.ELEMENTS: frozenset(("nosnapshot", "nonpersistent")),
    Spelling.VMX_MODE: frozenset(("snapshot_mode",)),
}
_SNAPSHOT_WORDS: dict[Spelling, frozenset[str]] = {
    Spelling.LIBVIRT: frozenset(("no",)),
    Spelling.ATTRIBUTES: frozenset(("no", "yes")),
    Spelling.ELEMENTS: frozenset(),
    Spelling.VMX_MODE: frozenset(),
}


def is_spelt(written: PolicyWords, spelling: Spelling) -> bool:
    """Whether every word that stands there is one of this spelling; no words are of each."""
    own = _WORDS_OF[spelling]
    others = (name for name in (*ELEMENTS, *ATTRIBUTES[1:]) if name not in own)
    if any(getattr(written, name) not in (None, False) for name in others):
        return False
    return written.snapshot not in ("no", "yes") or written.snapshot in _SNAPSHOT_WORDS[spelling]


def _is_known(written: PolicyWords) -> bool:
    mode_known = written.snapshot_mode is None or parse_mode(written.snapshot_mode) is not None
    return mode_known and (written.snapshot is None or written.snapshot in _PARTICIPATES)


def respelt(written: PolicyWords, spelling: Spelling, around: Surroundings) -> PolicyWords:
    """What ``written`` says, wholly in ``spelling``; the same where it is so already.

    An unknown word on snapshots cannot be spelt otherwise: such words stay.
    """
    if is_spelt(written, spelling) or not _is_known(written):
        return written
    policy = shown_policy(written, around)
    after = spelt(policy, spelling, written)
    return after if shown_policy(after, around) == policy else amended(after, policy, around)


def settled(written: PolicyWords, around: Surroundings) -> PolicyWords:
    """The policy that is shown, said without a contradiction and without a word that nobody knows."""
    snapshot = written.snapshot if written.snapshot in _PARTICIPATES else None
    persistent = written.persistent if written.persistent in _YES_NO else None
    known = written._replace(snapshot=snapshot, persistent=persistent)
    return amended(known, shown_policy(written, around), around)


def _amended_snapshot(before: PolicyWords, policy: Policy) -> str | None:
    """Taking part is said by no word in every spelling: libvirt takes no ``snapshot='yes'``."""
    if before.snapshot not in _PARTICIPATES or _PARTICIPATES[before.snapshot] == policy.snapshot:
        return before.snapshot
    return None if policy.snapshot else "no"


def _spoken_out(after: PolicyWords, policy: Policy, style: Spelling, around: Surroundings) -> PolicyWords:
    """``after`` with a word added for each aspect whose default is another."""
    wanted = spelt(policy, style)
    if shown_policy(after, around).persistent != policy.persistent:
        after = after._replace(
            persistent=wanted.persistent or after.persistent,
            nonpersistent=wanted.nonpersistent,
            transient=wanted.transient,
        )
    says_snapshot = bool(snapshot_claims(after))
    if not policy.snapshot and not says_snapshot:
        after = after._replace(snapshot=wanted.snapshot, nosnapshot=wanted.nosnapshot)
    elif policy.snapshot and not shown_policy(after, around).snapshot:
        after = after._replace(snapshot=around.participating.value)
    return after


def transient_of(written: PolicyWords, share_backing: str | None) -> Transient | None:
    """libvirt's ``<transient/>`` as a value, or None where it does not stand there."""
    return Transient(_YES_NO.get(share_backing or "")) if written.transient else None
