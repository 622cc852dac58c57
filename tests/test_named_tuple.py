"""Ours beside typing's: whoever uses one cannot tell which it is."""

from __future__ import annotations

import pickle
import typing

import pytest

from tui import named_tuple


class Ours(named_tuple.NamedTuple):
    """A place."""

    bus: str
    unit: int = 7

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{self.bus}{self.unit}"

    def __str__(self) -> str:
        return self.name


class Typings(typing.NamedTuple):
    """A place."""

    bus: str
    unit: int = 7

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{self.bus}{self.unit}"

    def __str__(self) -> str:
        return self.name


class Nothing(named_tuple.NamedTuple):
    """Without a field."""


@pytest.mark.parametrize("kind", [Ours, Typings])
def test_a_named_tuple_is_what_typings_is(kind: type[Ours]) -> None:
    one = kind("scsi")
    assert one == ("scsi", 7)
    assert (one.bus, one.unit, one.name, str(one)) == ("scsi", 7, "scsi7", "scsi7")
    assert one._replace(unit=1) == kind("scsi", 1) == kind(unit=1, bus="scsi")
    assert repr(one) == f"{kind.__name__}(bus='scsi', unit=7)"
    assert pickle.loads(pickle.dumps(one)) == one
    assert (kind._fields, kind._field_defaults) == (("bus", "unit"), {"unit": 7})
    assert (kind.__bases__, kind.__doc__, kind.__module__) == ((tuple,), "A place.", __name__)
    assert list(kind.__annotations__) == ["bus", "unit"]
    with pytest.raises(TypeError):
        kind()  # type: ignore[call-arg]  # a field has no default
    with pytest.raises(AttributeError):
        one.unit = 2  # type: ignore[misc]  # a tuple


def test_one_without_a_field_is_an_empty_tuple() -> None:
    assert Nothing() == ()
