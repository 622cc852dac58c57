from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.samples import POLICIES, domain, sample, views
from tests.strategies import MODE_WORDS, policies
from tui.disks import DEPENDENT, DISCARDING, INDEPENDENT, UNSUPPORTED, Policy, Preset, Transient
from tui.formats.spellings import (
    Spelling,
    Surroundings,
    Written,
    amended,
    contradictions,
    shown_policy,
    spelt,
)

PLAIN = Surroundings()
VMWARE = Surroundings(vmware=True)
READ_ONLY = Surroundings(implied_snapshot=False)

words = st.builds(
    Written,
    snapshot=st.sampled_from((None, "yes", "no", "internal", "external", "manual", "bogus", "")),
    persistent=st.sampled_from((None, "yes", "no", "perhaps", "")),
    snapshot_mode=st.sampled_from((None, *MODE_WORDS)),
    nosnapshot=st.booleans(),
    nonpersistent=st.booleans(),
    transient=st.booleans(),
)
surroundings = st.builds(
    Surroundings, st.booleans(), st.booleans(), st.sampled_from((Preset.INTERNAL, Preset.EXTERNAL))
)


@given(words, policies, surroundings)
def test_amended_words_say_the_policy_without_contradiction(
    before: Written, policy: Policy, around: Surroundings
) -> None:
    after = amended(before, policy, around)
    assert shown_policy(after, around) == policy
    assert contradictions(after) == ()


@given(words, policies, surroundings)
def test_amending_twice_is_amending_once(before: Written, policy: Policy, around: Surroundings) -> None:
    once = amended(before, policy, around)
    assert amended(once, policy, around) == once


@given(words, policies, st.sampled_from(Spelling))
def test_a_spelling_says_any_policy_without_contradiction(
    before: Written, policy: Policy, spelling: Spelling
) -> None:
    after = spelt(policy, spelling, before)
    assert shown_policy(after, PLAIN) == policy
    assert contradictions(after) == ()


@pytest.mark.parametrize(
    ("spelling", "policy", "written"),
    [
        (Spelling.LIBVIRT, DEPENDENT, Written()),
        (Spelling.LIBVIRT, INDEPENDENT, Written(snapshot="no")),
        (Spelling.LIBVIRT, DISCARDING, Written(snapshot="no", transient=True)),
        (Spelling.LIBVIRT, UNSUPPORTED, Written(transient=True)),
        (Spelling.ATTRIBUTES, DEPENDENT, Written(snapshot="yes", persistent="yes")),
        (Spelling.ATTRIBUTES, INDEPENDENT, Written(snapshot="no", persistent="yes")),
        (Spelling.ATTRIBUTES, DISCARDING, Written(snapshot="no", persistent="no")),
        (Spelling.ELEMENTS, DEPENDENT, Written()),
        (Spelling.ELEMENTS, INDEPENDENT, Written(nosnapshot=True)),
        (Spelling.ELEMENTS, DISCARDING, Written(nosnapshot=True, nonpersistent=True)),
        (Spelling.VMX_MODE, DEPENDENT, Written(snapshot_mode="persistent")),
        (Spelling.VMX_MODE, INDEPENDENT, Written(snapshot_mode="independent-persistent")),
        (Spelling.VMX_MODE, DISCARDING, Written(snapshot_mode="independent-nonpersistent")),
        (Spelling.VMX_MODE, UNSUPPORTED, Written(transient=True)),
    ],
)
def test_each_spelling_has_its_own_words(spelling: Spelling, policy: Policy, written: Written) -> None:
    assert spelt(policy, spelling) == written


@pytest.mark.parametrize(("spelling", "preset"), product(Spelling, ("internal", "external", "manual")))
def test_a_preset_stays_where_the_disk_takes_part_and_goes_where_not(spelling: Spelling, preset: str) -> None:
    before = Written(snapshot=preset)
    assert spelt(DEPENDENT, spelling, before).snapshot == preset
    assert spelt(INDEPENDENT, spelling, before).snapshot in (None, "no")


@pytest.mark.parametrize(
    ("written", "around", "policy"),
    [
        (Written(), PLAIN, DEPENDENT),
        (Written(), READ_ONLY, INDEPENDENT),
        (Written(), VMWARE, DEPENDENT),
        (Written(snapshot="manual"), READ_ONLY, DEPENDENT),
        (Written(transient=True), PLAIN, UNSUPPORTED),
        (Written(transient=True), VMWARE, DISCARDING),
        (Written(transient=True, snapshot="external"), VMWARE, UNSUPPORTED),
        (Written(nonpersistent=True), VMWARE, DISCARDING),
        (Written(snapshot="bogus", persistent="perhaps", snapshot_mode="bogus"), PLAIN, DEPENDENT),
        (Written(snapshot_mode="Independent-Persistent"), PLAIN, INDEPENDENT),
        (Written(snapshot_mode="nonpersistent"), PLAIN, UNSUPPORTED),
        (Written(snapshot_mode=""), READ_ONLY, DEPENDENT),
        (Written(snapshot="external", nosnapshot=True), PLAIN, DEPENDENT),
    ],
)
def test_silence_and_words_are_read(written: Written, around: Surroundings, policy: Policy) -> None:
    assert shown_policy(written, around) == policy


@pytest.mark.parametrize(
    ("before", "policy", "around", "after"),
    [
        (Written(), INDEPENDENT, PLAIN, Written(snapshot="no")),
        (Written(), DISCARDING, PLAIN, Written(snapshot="no", transient=True)),
        (Written(), UNSUPPORTED, PLAIN, Written(transient=True)),
        (Written(transient=True), INDEPENDENT, VMWARE, Written(snapshot="no")),
        (Written(transient=True), DEPENDENT, VMWARE, Written()),
        (Written(), DEPENDENT, READ_ONLY, Written(snapshot="external")),
        (Written(), DISCARDING, READ_ONLY, Written(snapshot="no", transient=True)),
        (Written(snapshot="yes"), INDEPENDENT, PLAIN, Written(snapshot="no")),
        (
            Written(snapshot="no", persistent="no"),
            DEPENDENT,
            PLAIN,
            Written(persistent="yes"),
        ),
        (Written(nosnapshot=True), DISCARDING, PLAIN, Written(nosnapshot=True, nonpersistent=True)),
        (Written(nosnapshot=True, nonpersistent=True), DEPENDENT, PLAIN, Written()),
        (
            Written(snapshot_mode="append"),
            DISCARDING,
            PLAIN,
            Written(snapshot_mode="independent-nonpersistent"),
        ),
        (Written(snapshot_mode="bogus"), INDEPENDENT, PLAIN, Written(snapshot_mode="independent-persistent")),
        (Written(snapshot_mode="bogus"), UNSUPPORTED, PLAIN, Written(transient=True)),
        (Written(persistent="perhaps"), DISCARDING, PLAIN, Written(snapshot="no", persistent="no")),
        (Written(snapshot="no", transient=True, nosnapshot=True), DEPENDENT, PLAIN, Written()),
    ],
)
def test_each_word_is_amended_in_the_spelling_it_has(
    before: Written, policy: Policy, around: Surroundings, after: Written
) -> None:
    assert amended(before, policy, around) == after


@pytest.mark.parametrize(
    ("written", "count"),
    [
        (Written(snapshot="no", nosnapshot=True, snapshot_mode="independent-persistent"), 0),
        (Written(snapshot="external", nosnapshot=True), 1),
        (Written(transient=True, persistent="yes"), 1),
        (Written(transient=True, nonpersistent=True, persistent="no"), 0),
        (Written(snapshot="no", snapshot_mode="persistent", transient=True), 2),
        (Written(snapshot="bogus", nosnapshot=True), 0),
    ],
)
def test_words_that_cannot_both_hold_are_told(written: Written, count: int) -> None:
    assert len(contradictions(written)) == count


def test_a_contradiction_is_told_in_the_files_words() -> None:
    written = Written(snapshot="external", snapshot_mode="Independent-Persistent")
    assert contradictions(written) == ("snapshot='external' and snapshot_mode='Independent-Persistent'",)


def test_the_sample_of_contradictions_has_them_on_its_first_disks() -> None:
    (document,) = views(sample("contradicting.xml"))
    assert [len(disk.contradictions) for disk in document.disks][:6] == [1, 1, 1, 1, 0, 0]


@pytest.mark.parametrize(
    "name", ["spelling-attributes.xml", "spelling-elements.xml", "spelling-vmx-mode.xml", "kvm-app01.xml"]
)
def test_the_four_spellings_of_the_samples_read_as_the_same_three_policies(name: str) -> None:
    (document,) = views(sample(name))
    disks = [disk.policy for disk in document.disks if disk.is_disk]
    assert disks == [DEPENDENT, INDEPENDENT, DISCARDING]


@pytest.mark.parametrize(("spelling", "policy"), product(Spelling, POLICIES[2:]))
def test_a_chosen_spelling_writes_the_whole_policy_in_it(spelling: Spelling, policy: Policy) -> None:
    edited = domain().with_policy(0, policy, spelling)
    assert edited.disks[0].policy == policy
    body = edited.data
    assert (b"<transient/>" in body) == (spelling is Spelling.LIBVIRT and not policy.persistent)
    assert (b"persistent='" in body) == (spelling is Spelling.ATTRIBUTES)
    assert (b"<nosnapshot/>" in body) == (spelling is Spelling.ELEMENTS)
    assert (b"snapshot_mode='independent-" in body) == (spelling is Spelling.VMX_MODE)


@pytest.mark.parametrize(
    ("inside", "transient"),
    [
        ("", None),
        ("<transient/>", Transient()),
        ("<transient shareBacking='yes'/>", Transient(True)),
        ("<transient shareBacking='no'/>", Transient(False)),
        ("<transient shareBacking='bogus'/>", Transient()),
        ("<nonpersistent/>", None),
    ],
)
def test_share_backing_is_read(inside: str, transient: Transient | None) -> None:
    assert domain(inside).disks[0].transient == transient
