from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.samples import POLICIES, domain, sample, views
from tests.strategies import MODE_WORDS, policies
from tui.disks import DEPENDENT, DISCARDING, INDEPENDENT, UNSUPPORTED, Policy, Preset, Spelling, Transient
from tui.formats.spellings import (
    PolicyWords,
    Surroundings,
    amended,
    contradictions,
    shown_policy,
    spelt,
)

PLAIN = Surroundings()
VMWARE = Surroundings(vmware=True)
READ_ONLY = Surroundings(implied_snapshot=False)

words = st.builds(
    PolicyWords,
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
    before: PolicyWords, policy: Policy, around: Surroundings
) -> None:
    after = amended(before, policy, around)
    assert shown_policy(after, around) == policy
    assert contradictions(after) == ()


@given(words, policies, surroundings)
def test_amending_twice_is_amending_once(before: PolicyWords, policy: Policy, around: Surroundings) -> None:
    once = amended(before, policy, around)
    assert amended(once, policy, around) == once


@given(words, policies, st.sampled_from(Spelling))
def test_a_spelling_says_any_policy_without_contradiction(
    before: PolicyWords, policy: Policy, spelling: Spelling
) -> None:
    after = spelt(policy, spelling, before)
    assert shown_policy(after, PLAIN) == policy
    assert contradictions(after) == ()


@pytest.mark.parametrize(
    ("spelling", "policy", "written"),
    [
        (Spelling.LIBVIRT, DEPENDENT, PolicyWords()),
        (Spelling.LIBVIRT, INDEPENDENT, PolicyWords(snapshot="no")),
        (Spelling.LIBVIRT, DISCARDING, PolicyWords(snapshot="no", transient=True)),
        (Spelling.LIBVIRT, UNSUPPORTED, PolicyWords(transient=True)),
        (Spelling.ATTRIBUTES, DEPENDENT, PolicyWords(snapshot="yes", persistent="yes")),
        (Spelling.ATTRIBUTES, INDEPENDENT, PolicyWords(snapshot="no", persistent="yes")),
        (Spelling.ATTRIBUTES, DISCARDING, PolicyWords(snapshot="no", persistent="no")),
        (Spelling.ELEMENTS, DEPENDENT, PolicyWords()),
        (Spelling.ELEMENTS, INDEPENDENT, PolicyWords(nosnapshot=True)),
        (Spelling.ELEMENTS, DISCARDING, PolicyWords(nosnapshot=True, nonpersistent=True)),
        (Spelling.VMX_MODE, DEPENDENT, PolicyWords(snapshot_mode="persistent")),
        (Spelling.VMX_MODE, INDEPENDENT, PolicyWords(snapshot_mode="independent-persistent")),
        (Spelling.VMX_MODE, DISCARDING, PolicyWords(snapshot_mode="independent-nonpersistent")),
        (Spelling.VMX_MODE, UNSUPPORTED, PolicyWords(transient=True)),
    ],
)
def test_each_spelling_has_its_own_words(spelling: Spelling, policy: Policy, written: PolicyWords) -> None:
    assert spelt(policy, spelling) == written


@pytest.mark.parametrize(("spelling", "preset"), product(Spelling, ("internal", "external", "manual")))
def test_a_preset_stays_where_the_disk_takes_part_and_goes_where_not(spelling: Spelling, preset: str) -> None:
    before = PolicyWords(snapshot=preset)
    assert spelt(DEPENDENT, spelling, before).snapshot == preset
    assert spelt(INDEPENDENT, spelling, before).snapshot in (None, "no")


@pytest.mark.parametrize(
    ("written", "around", "policy"),
    [
        (PolicyWords(), PLAIN, DEPENDENT),
        (PolicyWords(), READ_ONLY, INDEPENDENT),
        (PolicyWords(), VMWARE, DEPENDENT),
        (PolicyWords(snapshot="manual"), READ_ONLY, DEPENDENT),
        (PolicyWords(transient=True), PLAIN, UNSUPPORTED),
        (PolicyWords(transient=True), VMWARE, DISCARDING),
        (PolicyWords(transient=True, snapshot="external"), VMWARE, UNSUPPORTED),
        (PolicyWords(nonpersistent=True), VMWARE, DISCARDING),
        (PolicyWords(snapshot="bogus", persistent="perhaps", snapshot_mode="bogus"), PLAIN, DEPENDENT),
        (PolicyWords(snapshot_mode="Independent-Persistent"), PLAIN, INDEPENDENT),
        (PolicyWords(snapshot_mode="nonpersistent"), PLAIN, UNSUPPORTED),
        (PolicyWords(snapshot_mode=""), READ_ONLY, DEPENDENT),
        (PolicyWords(snapshot="external", nosnapshot=True), PLAIN, DEPENDENT),
    ],
)
def test_silence_and_words_are_read(written: PolicyWords, around: Surroundings, policy: Policy) -> None:
    assert shown_policy(written, around) == policy


@pytest.mark.parametrize(
    ("before", "policy", "around", "after"),
    [
        (PolicyWords(), INDEPENDENT, PLAIN, PolicyWords(snapshot="no")),
        (PolicyWords(), DISCARDING, PLAIN, PolicyWords(snapshot="no", transient=True)),
        (PolicyWords(), UNSUPPORTED, PLAIN, PolicyWords(transient=True)),
        (PolicyWords(transient=True), INDEPENDENT, VMWARE, PolicyWords(snapshot="no")),
        (PolicyWords(transient=True), DEPENDENT, VMWARE, PolicyWords()),
        (PolicyWords(), DEPENDENT, READ_ONLY, PolicyWords(snapshot="external")),
        (PolicyWords(), DISCARDING, READ_ONLY, PolicyWords(snapshot="no", transient=True)),
        (PolicyWords(snapshot="yes"), INDEPENDENT, PLAIN, PolicyWords(snapshot="no")),
        (
            PolicyWords(snapshot="no", persistent="no"),
            DEPENDENT,
            PLAIN,
            PolicyWords(persistent="yes"),
        ),
        (PolicyWords(nosnapshot=True), DISCARDING, PLAIN, PolicyWords(nosnapshot=True, nonpersistent=True)),
        (PolicyWords(nosnapshot=True, nonpersistent=True), DEPENDENT, PLAIN, PolicyWords()),
        (
            PolicyWords(snapshot_mode="append"),
            DISCARDING,
            PLAIN,
            PolicyWords(snapshot_mode="independent-nonpersistent"),
        ),
        (
            PolicyWords(snapshot_mode="bogus"),
            INDEPENDENT,
            PLAIN,
            PolicyWords(snapshot_mode="independent-persistent"),
        ),
        (PolicyWords(snapshot_mode="bogus"), UNSUPPORTED, PLAIN, PolicyWords(transient=True)),
        (PolicyWords(persistent="perhaps"), DISCARDING, PLAIN, PolicyWords(snapshot="no", persistent="no")),
        (PolicyWords(snapshot="no", transient=True, nosnapshot=True), DEPENDENT, PLAIN, PolicyWords()),
    ],
)
def test_each_word_is_amended_in_the_spelling_it_has(
    before: PolicyWords, policy: Policy, around: Surroundings, after: PolicyWords
) -> None:
    assert amended(before, policy, around) == after


@pytest.mark.parametrize(
    ("written", "count"),
    [
        (PolicyWords(snapshot="no", nosnapshot=True, snapshot_mode="independent-persistent"), 0),
        (PolicyWords(snapshot="external", nosnapshot=True), 1),
        (PolicyWords(transient=True, persistent="yes"), 1),
        (PolicyWords(transient=True, nonpersistent=True, persistent="no"), 0),
        (PolicyWords(snapshot="no", snapshot_mode="persistent", transient=True), 2),
        (PolicyWords(snapshot="bogus", nosnapshot=True), 0),
    ],
)
def test_words_that_cannot_both_hold_are_told(written: PolicyWords, count: int) -> None:
    assert len(contradictions(written)) == count


def test_a_contradiction_is_told_in_the_files_words() -> None:
    written = PolicyWords(snapshot="external", snapshot_mode="Independent-Persistent")
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
