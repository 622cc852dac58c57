"""Undo and redo: the bytes as they were, and nothing kept but what tells versions apart."""

from __future__ import annotations

import gc
import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.samples import POLICIES, editable, ordinal_of, put, reopened, sample, views
from tests.strategies import documents
from tui.disks import Mode, Preset
from tui.formats.document import Document
from tui.formats.undo_history import UndoHistory
from tui.formats.vmx import VmxDocument

SIXTY, PRESETS = "sixty-disks.vmx", "kvm-presets.xml"


def _edited(document: Document, draw: st.DataObject) -> Document:
    index = draw.draw(st.sampled_from(editable(document)))
    if isinstance(document, VmxDocument):
        if draw.draw(st.booleans()):
            return document.with_modes({index: draw.draw(st.sampled_from(Mode))})
    elif draw.draw(st.booleans()):
        return document.with_presets([index], draw.draw(st.sampled_from([None, *Preset])))
    return put(document, index, draw.draw(st.sampled_from(POLICIES)))


def _says_what_its_bytes_say(document: Document) -> bool:
    fresh = reopened(document.data, ordinal_of(document))
    return fresh == document and fresh.configuration == document.configuration


@settings(deadline=None)
@given(documents, st.data())
def test_each_version_comes_back_with_all_that_it_said(data: bytes, draw: st.DataObject) -> None:
    document = next(views(data))
    if not editable(document):
        return
    history, versions = UndoHistory(), [document]
    for _ in range(draw.draw(st.integers(1, 5))):
        versions.append(_edited(versions[-1], draw))
        history.edited(versions[-2], versions[-1], "a disk")
    now = versions[-1]
    for before in reversed(versions[:-1]):
        step = history.undo(now)
        assert step is not None
        now = step[0]
        assert now == before
        assert now.origin == before.origin
        assert _says_what_its_bytes_say(now)
    assert history.undo(now) is None
    for after in versions[1:]:
        step = history.redo(now)
        assert step is not None
        now = step[0]
        assert now == after
        assert _says_what_its_bytes_say(now)
    assert history.redo(now) is None


@pytest.mark.parametrize("name", [SIXTY, PRESETS])
def test_no_version_is_kept_whole(name: str) -> None:
    history, document = UndoHistory(), reopened(sample(name))
    versions = []
    for policy in POLICIES[1:3] * 3:
        before, document = document, put(document, editable(document)[0], policy)
        history.edited(before, document, "a disk")
        versions.append(weakref.ref(document))
    del before, document
    gc.collect()
    assert [version() for version in versions] == [None] * len(versions)


@pytest.mark.parametrize("name", ["gsx-legacy.vmx", PRESETS])
def test_an_earlier_origin_is_not_kept_whole_either(name: str) -> None:
    """Choosing a preset, or a mode over an outdated word, has later toggles bring back what was chosen."""
    history, document = UndoHistory(), reopened(sample(name))
    index = editable(document)[0]
    origins = []
    for number in range(4):
        before = document
        if isinstance(before, VmxDocument):
            mode = (Mode.INDEPENDENT_PERSISTENT, Mode.PERSISTENT)[number % 2]
            document = before.with_modes({index: mode})
        else:
            document = before.with_presets([index], (Preset.MANUAL, Preset.INTERNAL)[number % 2])
        history.edited(before, document, "a disk")
        origins.append(weakref.ref(document.origin))
    before = document
    gc.collect()
    assert [origin() for origin in origins if origin() is not document.origin] == [None] * (
        len(origins) - sum(origin() is document.origin for origin in origins)
    )
    assert len({id(origin()) for origin in origins if origin() is not None}) == 1
