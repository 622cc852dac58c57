"""A document is a lens: the laws that hold for every disk of every file that parses."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.samples import (
    ALL_SAMPLES,
    PLACES,
    POLICIES,
    SPELLINGS,
    Place,
    editable,
    ordinal_of,
    put,
    reopened,
    sample,
    views,
)
from tests.strategies import documents
from tui.disks import Spelling
from tui.formats.document import Document
from tui.formats.domain_xml import DomainDocument
from tui.formats.opening import open_document
from tui.formats.vmx import VmxDocument
from tui.formats.xml_source import ElementSpan

spellings = st.sampled_from(SPELLINGS)


def spellings_of(document: Document) -> tuple[Spelling | None, ...]:
    return SPELLINGS if isinstance(document, DomainDocument) else (None,)


def assert_only_the_disk_changed(before: Document, after: Document, index: int) -> None:
    if isinstance(before, VmxDocument):
        assert isinstance(after, VmxDocument)
        assert_one_vmx_line_changed(before, after, index)
        return
    assert isinstance(after, DomainDocument)
    old, new = before.span.disks[index], after.span.disks[index]
    assert new.start == old.start
    assert after.source.body[: new.start] == before.source.body[: old.start]
    assert after.source.body[new.end :] == before.source.body[old.end :]
    assert after.data.decode(before.source.codec).encode() == after.source.body


def assert_one_vmx_line_changed(before: VmxDocument, after: VmxDocument, index: int) -> None:
    disk = before.disks[index]
    old, new = before.data.splitlines(keepends=True), after.data.splitlines(keepends=True)
    if before.entry_of(disk, "mode") is not None and after.entry_of(disk, "mode") is not None:
        at = after.line_of(f"{disk.address}.mode")
        assert len(new) == len(old)
        assert after.text_lines[:at] == before.text_lines[:at]
        return
    more, less = (after, before) if len(after.data) > len(before.data) else (before, after)
    inserted = more.line_of(f"{disk.address}.mode")
    assert inserted is not None
    assert inserted - 1 == more.line_of(f"{disk.address}.fileName")
    lines = list(more.lines.texts(more.data))
    del lines[inserted]
    assert lines == less.lines.texts(less.data)


def places_of(document: DomainDocument) -> list[object]:
    """Where each domain is, each of its disks, and what is in these."""

    def of_element(span: ElementSpan) -> object:
        return span.name, span.start, span.end, [of_element(child) for child in span.children]

    return [(one.start, one.end, [of_element(disk) for disk in one.disks]) for one in document.source.spans]


def assert_the_bytes_alone_say_the_same(document: Document) -> None:
    """An edit keeps what it knows of the parts it leaves alone: nothing else may come of that."""
    afresh = reopened(document.data, ordinal_of(document))
    assert afresh.configuration == document.configuration
    assert afresh.configuration.disk_lines == document.configuration.disk_lines
    assert [disk.locked for disk in afresh.disks] == [disk.locked for disk in document.disks]
    assert afresh.text_lines == document.text_lines
    if isinstance(document, DomainDocument):
        assert isinstance(afresh, DomainDocument)
        assert places_of(afresh) == places_of(document)


def assert_laws(document: Document, index: int, spelling: Spelling | None) -> None:
    data = document.data
    first_edits = {policy: put(document, index, policy, spelling) for policy in POLICIES}
    for policy, edited in first_edits.items():
        assert edited.disks[index].policy == policy, "PutGet, in the session"
        assert_the_bytes_alone_say_the_same(edited)
        if policy == document.disks[index].policy:
            assert edited.data == data, "GetPut"
        else:
            assert_only_the_disk_changed(document, edited, index)
        for second, straight in first_edits.items():
            assert put(edited, index, second, spelling).data == straight.data, "PutPut"
        assert bool(edited.disks[index].contradictions) <= bool(document.disks[index].contradictions)


@pytest.mark.parametrize("name", ALL_SAMPLES)
def test_a_sample_is_written_back_byte_for_byte(name: str) -> None:
    data = sample(name)
    for document in views(data):
        assert document.data == data
        assert document.configuration.disks == document.disks


@given(documents)
@settings(max_examples=100, deadline=None)
def test_any_file_that_opens_is_written_back_byte_for_byte(data: bytes) -> None:
    for document in views(data):
        assert document.data == data
        for index in editable(document):
            assert put(document, index, document.disks[index].policy).data == data


LAW_PLACES = [place for place in PLACES if place.file != "sixty-disks.vmx" or place.at % 20 == 0]


@pytest.mark.parametrize("place", LAW_PLACES, ids=lambda place: f"{place.file}-{place.ordinal}-{place.at}")
def test_the_laws_hold_for_every_disk_of_the_samples(place: Place) -> None:
    document = place.document()
    for spelling in spellings_of(document):
        assert_laws(document, place.at, spelling)


@given(documents, spellings)
@settings(max_examples=100, deadline=None)
def test_the_laws_hold_for_any_file_that_opens(data: bytes, spelling: Spelling | None) -> None:
    for document in views(data):
        for index in editable(document):
            assert_laws(document, index, spelling)


@given(documents, st.data())
@settings(max_examples=100, deadline=None)
def test_any_walk_of_edits_comes_home_to_the_bytes_it_left(data: bytes, draw: st.DataObject) -> None:
    for first in views(data):
        indexes = editable(first)
        document = first
        steps = st.lists(
            st.tuples(st.sampled_from(indexes), st.sampled_from(POLICIES), spellings), max_size=6
        )
        for index, policy, spelling in draw.draw(steps) if indexes else []:
            document = put(document, index, policy, spelling)
            assert_the_bytes_alone_say_the_same(document)
        for index in draw.draw(st.permutations(indexes)):
            document = put(document, index, first.disks[index].policy)
        assert document.data == data


def assert_edits_commute(document: Document, one: int, other: int, spelling: Spelling | None) -> None:
    for first in POLICIES:
        for second in POLICIES:
            there = put(put(document, one, first, spelling), other, second, spelling)
            back = put(put(document, other, second, spelling), one, first, spelling)
            assert there.data == back.data


@pytest.mark.parametrize("name", ALL_SAMPLES)
def test_edits_of_two_disks_of_a_sample_commute(name: str) -> None:
    for document in views(sample(name)):
        for one, other in list(combinations(editable(document)[:4], 2)):
            assert_edits_commute(document, one, other, None)


@given(documents, spellings)
@settings(max_examples=60, deadline=None)
def test_edits_of_two_disks_commute_in_any_file(data: bytes, spelling: Spelling | None) -> None:
    for document in views(data):
        for one, other in combinations(editable(document)[:3], 2):
            assert_edits_commute(document, one, other, spelling)


def test_two_documents_of_the_same_bytes_are_equal_and_others_are_not() -> None:
    several = sample("several-domains.xml")
    first, second = list(views(several))[:2]
    again = open_document(several)
    assert first == again
    assert hash(first) == hash(again)
    assert first != second
    assert open_document(sample("bad-modes.vmx")) == open_document(sample("bad-modes.vmx"))
    assert open_document(sample("bad-modes.vmx")) != open_document(sample("gsx-legacy.vmx"))
