"""Each rule of the table: a machine it speaks of, and one a word away that it does not."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.formats.samples import domain, vmx
from tests.scenes import SAMPLES
from tui.disks import DISCARDING, INDEPENDENT, Policy
from tui.formats.document import Document
from tui.formats.domain_xml import DomainDocument
from tui.machine import machine_in
from tui.rules import (
    Hypervisor,
    PolicyEdit,
    Severity,
    findings,
    guess_hypervisor,
    objections,
    remedy_for,
)
from tui.rules.all_rules import BY_ID, RULES

ESXI, WORKSTATION, QEMU, OTHER = (
    Hypervisor.ESXI,
    Hypervisor.WORKSTATION,
    Hypervisor.QEMU,
    Hypervisor.OTHER,
)
DISK = ('scsi0.present = "TRUE"', 'scsi0:0.present = "TRUE"', 'scsi0:0.fileName = "a.vmdk"')


def _vmx(*more: str) -> Document:
    return vmx(*DISK, *more)


SHARED = domain("<transient shareBacking='yes'/>", " snapshot='no'").data


class Example(NamedTuple):
    """A rule, whose rules are asked, and two machines."""

    rule: str
    hypervisor: Hypervisor
    bad: Document
    good: Document


EXAMPLES = (
    Example(
        "snapshot-without-persistence",
        QEMU,
        domain("<transient/>", " snapshot='internal'"),
        domain("<transient/>", " snapshot='no'"),
    ),
    Example("unknown-mode", ESXI, _vmx('scsi0:0.mode = "sideways"'), _vmx('scsi0:0.mode = "persistent"')),
    Example("legacy-mode", ESXI, _vmx('scsi0:0.mode = "undoable"'), _vmx('scsi0:0.mode = "Persistent"')),
    Example(
        "contradicting-spellings",
        QEMU,
        domain("", " snapshot='no' snapshot_mode='persistent'"),
        domain("", " snapshot='no' snapshot_mode='independent-persistent'"),
    ),
    Example("unknown-preset", QEMU, domain("", " snapshot='perhaps'"), domain("", " snapshot='manual'")),
    Example(
        "duplicate-key",
        WORKSTATION,
        _vmx('memsize = "1"', 'MemSize = "2"'),
        _vmx('memsize = "1"', 'memsize2 = "2"'),
    ),
    Example("malformed-line", WORKSTATION, _vmx("just some words"), _vmx("# just some words")),
    Example("encoding", WORKSTATION, _vmx('.encoding = "klingon"'), _vmx('.encoding = "UTF-8"')),
    Example(
        "encrypted",
        ESXI,
        _vmx('encryption.keySafe = "vmware:key/list/(x)"', 'encryption.data = "zz"'),
        _vmx(),
    ),
    Example("snapshots-refused", QEMU, domain("<transient/>"), domain("<transient/>", " snapshot='no'")),
    Example(
        "transient-empty",
        QEMU,
        domain("<transient/>", source="", attributes=" device='cdrom'"),
        domain(source=""),
    ),
    Example(
        "transient-readonly",
        QEMU,
        domain("<transient/><readonly/>", " snapshot='no'"),
        domain("<transient/>", " snapshot='no'"),
    ),
    Example(
        "transient-not-disk",
        QEMU,
        domain("<transient/>", " snapshot='no' device='lun'"),
        domain("<transient/>", " snapshot='no' device='disk'"),
    ),
    Example(
        "transient-sharebacking-bus",
        QEMU,
        DomainDocument(SHARED.replace(b"virtio", b"sata")),
        DomainDocument(SHARED),
    ),
    Example(
        "transient-unsupported",
        OTHER,
        domain("<transient/>", " snapshot='no'", kind="xen"),
        domain("<transient/>", " snapshot='no'", kind="bhyve"),
    ),
    Example("transient-limits", QEMU, domain("<transient/>", " snapshot='no'"), domain("", " snapshot='no'")),
    Example(
        "not-in-snapshots",
        ESXI,
        _vmx('scsi0:0.mode = "independent-persistent"'),
        _vmx('scsi0:0.mode = "independent-nonpersistent"'),
    ),
    Example(
        "writes-discarded",
        ESXI,
        _vmx('scsi0:0.mode = "independent-nonpersistent"'),
        _vmx('scsi0:0.mode = "independent-persistent"'),
    ),
    Example("controller-absent", ESXI, vmx(*DISK[1:]), _vmx()),
)


def _rules(document: Document, hypervisor: Hypervisor) -> set[str]:
    return {finding.rule for finding in findings(document.configuration, hypervisor)}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.rule)
def test_a_rule_speaks_of_what_is_wrong_and_keeps_silent_where_it_is_not(example: Example) -> None:
    assert example.rule in _rules(example.bad, example.hypervisor)
    assert example.rule not in _rules(example.good, example.hypervisor)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.rule)
def test_a_rule_speaks_only_for_the_hypervisors_it_is_of(example: Example) -> None:
    for hypervisor in Hypervisor:
        applies = hypervisor in BY_ID[example.rule].severity
        assert (example.rule in _rules(example.bad, hypervisor)) is applies


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.rule)
def test_a_finding_says_what_to_do_and_where_the_fact_is_from(example: Example) -> None:
    found = findings(example.bad.configuration, example.hypervisor)
    finding = next(one for one in found if one.rule == example.rule)
    for words in (finding.message, finding.advice, finding.source):
        assert words
        assert "{" not in words
    assert (finding.disk is None) == (finding.disk_name is None)


def test_a_rules_id_is_its_own() -> None:
    assert len(BY_ID) == len(RULES)


def test_findings_are_told_disk_by_disk_the_gravest_first() -> None:
    machine = machine_in((SAMPLES / "bad-modes.vmx").read_bytes())
    for hypervisor in (ESXI, WORKSTATION):
        found = findings(machine.configuration, hypervisor)
        order = [(-1 if one.disk is None else one.disk, one.severity.rank) for one in found]
        assert order == sorted(order)
        assert found


def _change(before: Document, after: Document, found: Document | None = None) -> PolicyEdit:
    return PolicyEdit((found or before).configuration, before.configuration, after.configuration)


@pytest.mark.parametrize("hypervisor", list(Hypervisor))
def test_discarding_writes_of_a_disk_in_snapshots_is_refused_for_every_hypervisor(
    hypervisor: Hypervisor,
) -> None:
    for attributes in ("", " snapshot='internal'"):
        before = domain("", attributes)
        after = before.with_policy(0, Policy(snapshot=True, persistent=False))
        refused = objections(_change(before, after), hypervisor)
        assert "snapshot-without-persistence" in {one.rule for one in refused}


def test_an_edit_that_leaves_a_disk_no_worse_is_allowed() -> None:
    before = domain("<transient/>", " snapshot='internal'")
    mended = before.with_policy(0, DISCARDING)
    assert objections(_change(before, mended), QEMU) == ()


def test_errors_on_disks_an_edit_does_not_touch_do_not_refuse_it() -> None:
    before = vmx(
        *DISK,
        'scsi0:0.mode = "sideways"',
        'scsi0:1.present = "TRUE"',
        'scsi0:1.fileName = "b.vmdk"',
    )
    assert "unknown-mode" in _rules(before, ESXI)
    assert objections(_change(before, before.with_policy(1, INDEPENDENT)), ESXI) == ()


def test_a_remedy_is_offered_only_for_what_no_hypervisor_can_honour() -> None:
    kept, dropped = domain().disks[0], domain("<transient/>", " snapshot='no'").disks[0]
    for snapshot, persistent in ((True, True), (False, True), (False, False)):
        assert remedy_for(kept, Policy(snapshot, persistent)) is None
    first = remedy_for(kept, Policy(snapshot=True, persistent=False))
    second = remedy_for(dropped, Policy(snapshot=True, persistent=False))
    assert first is not None
    assert first.policy == DISCARDING
    assert second is not None
    assert second.policy == Policy(snapshot=True, persistent=True)


@pytest.mark.parametrize(
    ("document", "hypervisor"),
    [
        (domain(kind="kvm"), QEMU),
        (domain(kind="qemu"), QEMU),
        (domain(kind="vmware"), ESXI),
        (domain(kind="xen"), OTHER),
        (domain(kind="test"), OTHER),
        (_vmx(), WORKSTATION),
        (_vmx('vc.uuid = "52 00"'), ESXI),
        (_vmx('sched.cpu.units = "mhz"'), ESXI),
        (domain(kind="hvf"), QEMU),
        (_vmx('vc.uuid = ""'), WORKSTATION),
        (_vmx('migrate.hostlog = "./a.hlog"'), ESXI),
        (_vmx('migrate.hostlog = "./a.hlog"', 'gui.exitOnCLIHLT = "FALSE"'), WORKSTATION),
        (_vmx('sched.mem.pshare.enable = "FALSE"', 'ethernet0.connectionType = "nat"'), WORKSTATION),
        (_vmx('sched.scsi0:0.shares = "normal"', r'sata0:0.fileName = "\\srv\iso\a.iso"'), WORKSTATION),
        (_vmx('sched.scsi0:0.shares = "normal"', 'sata0:0.fileName = "/Users/joe/a.iso"'), WORKSTATION),
        (_vmx('ethernet0.networkName = "VM Network"', 'sound.virtualDev = "hdaudio"'), ESXI),
        (_vmx('scsi0:1.fileName = "/vmfs/volumes/x/b.vmdk"', 'scsi0:1.present = "TRUE"'), ESXI),
    ],
)
def test_the_hypervisor_is_guessed_from_what_only_it_writes(
    document: Document, hypervisor: Hypervisor
) -> None:
    guess = guess_hypervisor(document.configuration)
    assert guess.hypervisor is hypervisor
    assert guess.reason


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (('vc.uuid = "52"', 'gui.x = "1"'), ("vc.uuid", "gui.x")),
        (('gui.x = "1"', 'ethernet3.dvs.portId = "1"'), ("ethernet3.dvs.portId", "gui.x")),
        (('migrate.hostlog = "./a"', 'gui.x = "1"'), ("gui.x", "migrate.hostlog")),
        (('migrate.hostlog = "./a"',), ("migrate.hostlog",)),
        (('migrate.hostlog = ".\\a.hlog"',), ("migrate.hostlog under .\\",)),
    ],
)
def test_the_reason_is_the_sign_that_decided_and_then_the_one_against_it(
    lines: tuple[str, ...], told: tuple[str, ...]
) -> None:
    reason = guess_hypervisor(_vmx(*lines).configuration).reason
    places = [reason.index(sign) for sign in told]
    assert places == sorted(places)
    assert ("against" in reason) is (len(told) == 2)


def test_severities_have_a_sign_and_a_rank_of_their_own() -> None:
    assert len({one.sign for one in Severity}) == len(Severity)
    assert [one.rank for one in Severity] == [0, 1, 2]


@pytest.mark.parametrize(
    "key", ["mainMem.useNamedFile", "MemTrimRate", "unity.wasCapable", "ethernet0.bsdName", "hints.hideAll"]
)
def test_a_key_of_a_desktop_product_outweighs_a_tweak_of_both(key: str) -> None:
    guess = guess_hypervisor(_vmx('sched.mem.pshare.enable = "FALSE"', f'{key} = "0"').configuration)
    assert guess.hypervisor is WORKSTATION
    assert key in guess.reason
