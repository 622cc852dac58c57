"""What is worked out once for each object, with every Python."""

from __future__ import annotations

from tui.cached import cached_property


class Square:
    def __init__(self, side: int) -> None:
        self.side = side
        self.asked = 0

    @cached_property
    def area(self) -> int:
        """In squares."""
        self.asked += 1
        return self.side**2


def test_it_is_worked_out_once_for_each_object() -> None:
    one, other = Square(2), Square(3)
    assert [one.area, one.area, other.area] == [4, 4, 9]
    assert (one.asked, other.asked) == (1, 1)


def test_of_the_class_it_is_itself_with_what_it_says() -> None:
    assert Square.area.__doc__ == "In squares."
    assert isinstance(Square.area, cached_property)
