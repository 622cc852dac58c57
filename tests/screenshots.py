"""The pictures of the README: ``python -m tests.screenshots`` makes them anew."""

from __future__ import annotations

from pathlib import Path

from tests.scenes import PICTURES, Scene, Size, picture

FOLDER = Path(__file__).parents[1] / "screenshots"


def path_of(scene: Scene, size: Size) -> Path:
    """Where a picture lies."""
    return FOLDER / f"{scene.name}-{size}.svg"


def main() -> None:
    """Write every picture, and remove those of scenes that are no more."""
    FOLDER.mkdir(exist_ok=True)
    wanted = {path_of(scene, size) for scene, size in PICTURES}
    for old in set(FOLDER.glob("*.svg")) - wanted:
        old.unlink()
    for scene, size in PICTURES:
        path_of(scene, size).write_text(picture(scene, size), encoding="utf-8")
        print(path_of(scene, size).name)  # noqa: T201 - a command's output


if __name__ == "__main__":
    main()
