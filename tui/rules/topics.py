"""What a rule is about: so that who plans a backup or a move reads only what stands in the way of it."""

from __future__ import annotations

from enum import StrEnum


class Topic(StrEnum):
    """``migration`` is a move by VDDK, virt-v2v or forklift; ``hygiene`` the file and its folder."""

    SNAPSHOT = "snapshot"
    BACKUP = "backup"
    MIGRATION = "migration"
    HYGIENE = "hygiene"


_SNAPSHOT = frozenset({Topic.SNAPSHOT})
_BACKUP = _SNAPSHOT | {Topic.BACKUP}
_MOVE = frozenset({Topic.MIGRATION})
_HYGIENE = frozenset({Topic.HYGIENE})
# A test holds that every rule is in it. Migration: forklift's VMware validations (independent
# disks, changed block tracking, RDM, shared disks, snapshots, TPM, NVMe); virt-v2v(1).
_TOPICS: dict[str, frozenset[Topic]] = {
    "snapshot-without-persistence": _BACKUP,
    "unknown-mode": _BACKUP | _HYGIENE,
    "legacy-mode": _BACKUP | _MOVE | _HYGIENE,
    "contradicting-spellings": _BACKUP | _HYGIENE,
    "unknown-preset": _BACKUP | _HYGIENE,
    "left-to-you": _BACKUP,
    "spelling-not-read": _BACKUP | _HYGIENE,
    "exclusion-not-written": _BACKUP | _HYGIENE,
    "not-in-snapshots": _BACKUP | _MOVE,
    "writes-discarded": _BACKUP | _MOVE,
    "nothing-in-snapshots": _BACKUP | _MOVE,
    "has-snapshots": _SNAPSHOT | _MOVE | _HYGIENE,
    "is-delta": _SNAPSHOT | _MOVE,
    "in-use": _MOVE | _HYGIENE,
    "consolidation-needed": _SNAPSHOT | _MOVE | _HYGIENE,
    "disk-missing": _BACKUP | _MOVE | _HYGIENE,
    "parent-missing": _BACKUP | _MOVE | _HYGIENE,
    "linked-clone": _BACKUP | _MOVE,
    "transient-leftover": _HYGIENE,
    "vm-template": _MOVE | _HYGIENE,
    "in-two-machines": _SNAPSHOT | _MOVE | _HYGIENE,
    "cbt-on-independent": _BACKUP | _MOVE,
    "cbt-half-enabled": _BACKUP | _MOVE,
    "cbt-on-shared": _BACKUP | _MOVE,
    "shared-and-dependent": _BACKUP | _MOVE,
    "bus-sharing": _BACKUP | _MOVE,
    "pci-passthrough": _BACKUP | _MOVE,
    "shared-disk": _MOVE,
    "physical-rdm": _BACKUP | _MOVE,
    "host-disk": _BACKUP | _MOVE,
    "snapshots-disabled": _BACKUP | _MOVE,
    "not-covered": _BACKUP,
    "transient-limits": _SNAPSHOT | _MOVE,
    "nvme-disk": _MOVE,
    "virtual-tpm": _MOVE,
    "vm-encrypted": _BACKUP | _MOVE,
    "boot-order": _MOVE,
    "duplicate-key": _HYGIENE,
    "malformed-line": _HYGIENE,
    "byte-order-mark": _MOVE | _HYGIENE,
    "unquoted-value": _MOVE | _HYGIENE,
    "unbound-prefix": _HYGIENE,
    "bad-target": _HYGIENE,
    "misspelt-file": _BACKUP | _MOVE | _HYGIENE,
    "encoding": _HYGIENE,
    "template": _HYGIENE,
    "encrypted": _BACKUP | _MOVE,
    "partially-encrypted": _MOVE,
    "bad-address": _MOVE | _HYGIENE,
    "controller-absent": _HYGIENE,
    "not-present": _BACKUP | _HYGIENE,
    "beside-unknown": _HYGIENE,
    "no-memory-snapshot": _SNAPSHOT,
    "mixed-modes": _SNAPSHOT,
    "snapshots-refused": _BACKUP,
    "plain-snapshot-refused": _SNAPSHOT,
    "snapshots-by-name": _BACKUP,
    "no-snapshot-by-itself": _BACKUP,
    "way-lost": _BACKUP,
    "shareable-format": _HYGIENE,
    "missing-source": _HYGIENE,
    "lun-not-block": _HYGIENE,
    "lun-bus": _HYGIENE,
    "lun-format": _HYGIENE,
    "duplicate-target": _HYGIENE,
    "missing-target": _HYGIENE,
    "bad-bus": _HYGIENE,
    "shareable-in-snapshots": _BACKUP | _MOVE,
    "efi-nvram-format": _SNAPSHOT | _HYGIENE,
    "snapshot-yes": _SNAPSHOT | _HYGIENE,
    "unknown-word": _HYGIENE,
    "bus-unfit": _HYGIENE,
    "controller-unfit": _HYGIENE,
    "address-unfit": _HYGIENE,
    "option-of-bus": _HYGIENE,
    "option-of-qemu-bus": _HYGIENE,
    "option-of-device": _HYGIENE,
    "option-of-source": _HYGIENE,
    "source-unfit": _HYGIENE,
    "source-incomplete": _HYGIENE,
    "duplicate-address": _HYGIENE,
    "duplicate-boot-order": _HYGIENE,
    "duplicate-alias": _HYGIENE,
    "limits-differ": _HYGIENE,
    "options-disagree": _HYGIENE,
    "qemu-options-disagree": _HYGIENE,
    "bad-format": _HYGIENE,
    "iso-format": _HYGIENE,
    "bad-share-backing": _HYGIENE,
    "vhostuser-snapshot": _SNAPSHOT | _HYGIENE,
    "stateless-nvram": _HYGIENE,
    "transient-empty": _HYGIENE,
    "transient-readonly": _HYGIENE,
    "transient-not-file": _HYGIENE,
    "transient-not-disk": _HYGIENE,
    "transient-sharebacking-bus": _HYGIENE,
    "transient-unsupported": _HYGIENE,
}


def topics_of(rule: str) -> frozenset[Topic]:
    """What the rule with this id is about."""
    return _TOPICS.get(rule, _SNAPSHOT)
