"""Values of which a fleet has thousands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

Cls = TypeVar("Cls")
Value = TypeVar("Value")


@dataclass_transform(frozen_default=True, field_specifiers=(field,), eq_default=False)
def deriving(cls: type[Cls]) -> type[Cls]:
    """A dataclass that must not be changed either, known by being the same object.

    It keeps what it derives from its fields (cached_property).
    """
    return dataclass(eq=False)(cls)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[Cls]) -> type[Cls]:
    """A dataclass with slots that must not be changed once it is made, compared and hashed by its fields.

    The type checker enforces that. A frozen one enforces it at run time too, and takes twice as long to make.
    What a dataclass would compile for each class anew at every start, all but ``__init__``, is made of its
    fields.
    """
    made = dataclass(slots=True, eq=False, repr=False)(cls)
    for name, method in _methods_of(made).items():
        setattr(made, name, method)
    return made


def _methods_of(cls: type[Any]) -> Mapping[str, Callable[..., Any]]:
    """What a dataclass has by its fields: how it is compared, hashed and told."""
    of_class = fields(cls)
    compared = attrgetter(*[one.name for one in of_class if one.compare])
    hashed = attrgetter(*[one.name for one in of_class if (one.compare if one.hash is None else one.hash)])
    told = [one.name for one in of_class if one.repr]

    def is_equal(self: object, other: object) -> Any:
        return compared(self) == compared(other) if type(other) is type(self) else NotImplemented

    def hash_of(self: object) -> int:
        return hash(hashed(self))

    def representation(self: object) -> str:
        return f"{cls.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in told)})"

    return {"__eq__": is_equal, "__hash__": hash_of, "__repr__": representation}


def replaced(one: Value, **changes: Any) -> Value:
    """The value with other words in some of its fields: dataclasses.replace in a third of its time.

    Raises KeyError for a field it has not.
    """
    cls: Any = type(one)
    told, places = _told_by(cls)
    words = list(told(one))
    for name, word in changes.items():
        words[places[name]] = word
    made: Value = cls(*words)
    return made


@cache
def _told_by(cls: type[Any]) -> tuple[Callable[[object], tuple[Any, ...]], Mapping[str, int]]:
    """What gives all that a value of a class is made of, in order, and the place of each field there."""
    names = [one.name for one in fields(cls) if one.init]
    return attrgetter(*names), {name: place for place, name in enumerate(names)}
