"""What is seen: every scene against the picture of it that somebody looked at and found good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.printouts import PRINTOUTS, Printout, printed
from tests.scenes import PICTURES, SIGHTS, Scene, Size, among_samples, player, published, scene_app
from tests.screenshots import DRAWN, FOLDER, path_of

APPROVED = Path(__file__).parent / "__snapshots__" / "test_sights"


def _named(sights: tuple[tuple[Scene, Size], ...]) -> list[str]:
    return [f"{scene.name}-{size}" for scene, size in sights]


@pytest.mark.parametrize(("scene", "size"), SIGHTS, ids=_named(SIGHTS))
def test_a_scene_looks_as_it_did_when_somebody_looked_at_it(
    scene: Scene, size: Size, snap_compare: Callable[..., bool]
) -> None:
    with among_samples(scene.opened):
        assert snap_compare(scene_app(scene), run_before=player(scene), terminal_size=size)


@pytest.mark.parametrize(("scene", "size"), PICTURES, ids=_named(PICTURES))
def test_a_screenshot_of_the_readme_is_what_was_approved_here(scene: Scene, size: Size) -> None:
    test = test_a_scene_looks_as_it_did_when_somebody_looked_at_it.__name__
    approved = APPROVED / f"{test}[{scene.name}-{size}].svg"
    kept = path_of(scene.name, size)
    assert kept.is_file(), "make it with: python -m tests.screenshots"
    current = published(scene.name, approved.read_text(encoding="utf-8"))
    is_current = kept.read_text(encoding="utf-8") == current  # a diff of two pictures tells nobody anything
    assert is_current, "make it anew: python -m tests.screenshots"


@pytest.mark.terminal
@pytest.mark.parametrize("one", PRINTOUTS, ids=lambda one: one.name)
def test_a_picture_of_what_a_command_prints_is_of_what_it_prints_now(one: Printout) -> None:
    kept = path_of(one.name, one.size)
    assert kept.is_file(), "make it with: python -m tests.screenshots"
    is_current = kept.read_text(encoding="utf-8") == printed(one)
    assert is_current, "look at what it prints, and make it anew: python -m tests.screenshots"


def test_no_screenshot_is_left_of_a_scene_that_is_no_more() -> None:
    assert set(FOLDER.glob("*.svg")) == set(DRAWN)
