"""The pictures of the README: ``python -m tests.screenshots`` makes them anew."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.printouts import PRINTOUTS, printed
from tests.scenes import PICTURES, Size, picture

FOLDER = Path(__file__).parents[1] / "screenshots"


def path_of(name: str, size: Size) -> Path:
    """Where a picture lies."""
    return FOLDER / f"{name}-{size}.svg"


# Every picture, and what draws it.
DRAWN = {
    **{path_of(scene.name, size): partial(picture, scene, size) for scene, size in PICTURES},
    **{path_of(one.name, one.size): partial(printed, one) for one in PRINTOUTS},
}


def main() -> None:
    """Write every picture, and remove those of scenes that are no more."""
    FOLDER.mkdir(exist_ok=True)
    for old in set(FOLDER.glob("*.svg")) - set(DRAWN):
        old.unlink()
    for path, draw in DRAWN.items():
        path.write_text(draw(), encoding="utf-8")
        print(path.name)  # noqa: T201 - a command's output


if __name__ == "__main__":
    main()
