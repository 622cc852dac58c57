"""Values of which a fleet has thousands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

Cls = TypeVar("Cls")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[Cls]) -> type[Cls]:
    """A dataclass with slots that must not be changed once it is made, compared and hashed by its fields.

    The type checker enforces that. A frozen one enforces it at run time too, and takes twice as long to make.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
