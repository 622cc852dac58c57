"""Named tuples, without what typing's cost at every start.

`typing.NamedTuple` compiles each annotation that is left as text, and nobody here asks for them: for the
sixty classes that `show` loads that is a tenth of its time. To a type checker these are typing's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - handed on
else:
    from collections import namedtuple

    class _Maker(type):
        """Makes a named tuple of a class body with annotations, as typing's does."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, object]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body.pop("__annotations__", {})
            defaults = [body.pop(field) for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body.pop("__module__"))
            made.__annotations__ = fields
            for key, member in body.items():
                setattr(made, key, member)
            return made

    class NamedTuple(metaclass=_Maker):
        """A named tuple: its annotations are its fields, what they are set to the defaults."""
