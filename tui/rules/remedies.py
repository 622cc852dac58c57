"""What mends a finding, as far as a disk's policy can: offers that were not tried yet.

An offer is only shown once it was tried: the edit is not refused, what was found is gone, and nothing graver
has come in its place (see :func:`tui.editing.remedy_of`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from tui.disks import (
    DEPENDENT,
    DISCARDING,
    INDEPENDENT,
    MODES,
    Configuration,
    Disk,
    Mode,
    PolicyChange,
    Preset,
    Spelling,
    mode_of,
    near_mode,
)
from tui.rules.finding import Finding
from tui.rules.snapshot_rules import PRESET_CHANGES, writable

# What comes with leaving a disk out; the words of the offer say so.
_OF_LEAVING_OUT = frozenset(("not-in-snapshots", "nothing-in-snapshots"))


class Offer(NamedTuple):
    """A step that mends a finding of ``rule``: ``change`` done to ``disks`` (by index), in ``words``.

    ``safe`` means that no intention is contradicted: the machine, or its snapshots, fail without it.
    ``brings`` are the rules that may find something new behind it.
    """

    rule: str
    disks: tuple[int, ...]
    change: PolicyChange
    words: str
    safe: bool = False
    brings: frozenset[str] = frozenset()


_Offers = Callable[[Configuration, Finding], Iterable[Offer]]


def offers(configuration: Configuration, finding: Finding) -> Iterator[Offer]:
    """What may mend a finding, the best first; none where a policy cannot."""
    of_rule = _OFFERS.get(finding.rule)
    if of_rule is not None:
        yield from of_rule(configuration, finding)


def _always(
    change: PolicyChange, words: str, *, safe: bool = False, brings: frozenset[str] = frozenset()
) -> _Offers:
    """One change of the disk the finding is on, whatever it is."""

    def offer(_: Configuration, finding: Finding) -> Iterable[Offer]:
        if finding.disk is not None:
            yield Offer(finding.rule, (finding.disk,), change, words, safe, brings)

    return offer


def _on_disk(
    change: Callable[[Disk], tuple[PolicyChange, str] | None], *, safe: bool, brings: frozenset[str]
) -> _Offers:
    """A change that depends on the disk the finding is on."""

    def offer(configuration: Configuration, finding: Finding) -> Iterable[Offer]:
        if finding.disk is not None and (found := change(configuration.disks[finding.disk])):
            yield Offer(finding.rule, (finding.disk,), *found, safe, brings)

    return offer


def _meant(disk: Disk) -> tuple[PolicyChange, str] | None:
    mode = near_mode(disk.mode_word or "")
    return None if mode is None or MODES[mode].legacy else (PolicyChange(mode=mode), f"make it {mode.value}")


def _current(disk: Disk) -> tuple[PolicyChange, str]:
    """The mode of today that says of both aspects what the outdated one does, or nearly."""
    mode = mode_of(disk.policy) or Mode.INDEPENDENT_NONPERSISTENT
    return PolicyChange(mode=mode), f"make it {mode.value}"


def _first(*ways: _Offers) -> _Offers:
    """Several ways, the best first."""

    def offer(configuration: Configuration, finding: Finding) -> Iterable[Offer]:
        for way in ways:
            yield from way(configuration, finding)

    return offer


def _take_all_in(configuration: Configuration, finding: Finding) -> Iterable[Offer]:
    disks = tuple(one.index for one in configuration.disks if one.is_disk and not one.empty)
    words = "take it in" if len(disks) == 1 else f"take all {len(disks)} disks in"
    yield Offer(finding.rule, disks, PolicyChange(snapshot=True), words)


def _other_presets(configuration: Configuration, finding: Finding) -> Iterable[Offer]:
    """What the planner was asked for the finding's own advice, in the same order; and no preset at all."""
    for one in PRESET_CHANGES:
        disks = [disk for disk in writable(configuration) if one.fits(disk)]
        if disks:
            words = one.words.format(", ".join(disk.target for disk in disks))
            indexes = tuple(disk.index for disk in disks)
            safe = one.wanted.persistent is None and not (
                one.wanted.no_preset and any(disk.preset is not Preset.INTERNAL for disk in disks)
            )
            yield Offer(finding.rule, indexes, one.wanted, words, safe, _OF_LEAVING_OUT)
    with_preset = [disk for disk in writable(configuration) if disk.preset is not None]
    if with_preset:
        words = f"no preset for {', '.join(disk.target for disk in with_preset)}"
        indexes = tuple(disk.index for disk in with_preset)
        yield Offer(finding.rule, indexes, PolicyChange(no_preset=True), words)


_TAKE_IN = _always(PolicyChange(snapshot=True), "take it in")
_KEEP = _always(PolicyChange(persistent=True), "keep its writes", safe=True)
_OFFERS: Mapping[str, _Offers] = {
    "not-in-snapshots": _TAKE_IN,
    "cbt-on-independent": _TAKE_IN,
    "left-to-you": _TAKE_IN,
    "nothing-in-snapshots": _take_all_in,
    "writes-discarded": _first(
        _always(PolicyChange(policy=DEPENDENT), "keep its writes, and take it in"),
        _always(PolicyChange(policy=INDEPENDENT), "keep its writes", brings=_OF_LEAVING_OUT),
    ),
    "snapshot-without-persistence": _first(
        _always(PolicyChange(policy=DISCARDING), "leave it out of snapshots as well", brings=_OF_LEAVING_OUT),
        _always(PolicyChange(policy=DEPENDENT), "keep its writes as well"),
    ),
    "shared-and-dependent": _always(
        PolicyChange(snapshot=False),
        "make it independent-persistent",
        safe=True,
        brings=_OF_LEAVING_OUT | {"cbt-on-independent"},
    ),
    "unknown-mode": _on_disk(_meant, safe=True, brings=_OF_LEAVING_OUT | {"writes-discarded"}),
    "legacy-mode": _on_disk(_current, safe=False, brings=_OF_LEAVING_OUT | {"writes-discarded"}),
    "contradicting-spellings": _on_disk(
        lambda disk: (PolicyChange(policy=disk.policy), "say what is shown alone"),
        safe=False,
        brings=_OF_LEAVING_OUT | {"spelling-not-read", "exclusion-not-written"},
    ),
    "spelling-not-read": _first(
        _always(PolicyChange(spelling=Spelling.LIBVIRT), "say it in libvirt's words", brings=_OF_LEAVING_OUT),
        _always(PolicyChange(policy=DISCARDING, spelling=Spelling.LIBVIRT), "leave it out as well"),
        _always(PolicyChange(persistent=True, spelling=Spelling.LIBVIRT), "keep its writes"),
    ),
    "snapshot-yes": _always(
        PolicyChange(spelling=Spelling.LIBVIRT), "take the word out: libvirt takes it in without", safe=True
    ),
    "unknown-preset": _always(PolicyChange(no_preset=True), "take the word out: no preset"),
    "transient-empty": _KEEP,
    "transient-readonly": _KEEP,
    "transient-not-file": _KEEP,
    "transient-not-disk": _KEEP,
    "transient-sharebacking-bus": _KEEP,
    "transient-unsupported": _KEEP,
    "snapshots-refused": _other_presets,
    "plain-snapshot-refused": _other_presets,
}
# The rules that a safe offer may mend.
SAFELY_MENDED = frozenset(_OFFERS) - {
    "not-in-snapshots",
    "cbt-on-independent",
    "left-to-you",
    "nothing-in-snapshots",
    "writes-discarded",
    "snapshot-without-persistence",
    "legacy-mode",
    "unknown-preset",
    "spelling-not-read",
    "contradicting-spellings",
}
