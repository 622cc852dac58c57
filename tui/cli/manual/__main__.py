"""``python -m tui.cli.manual [FOLDER]``: write every page of the manual.

Without FOLDER they are written where the wheel takes them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tui.cli.manual.pages import pages

HOME = Path(__file__).parents[2] / "man"


def write(folder: Path) -> None:
    """Each page as ``FOLDER/manN/NAME.N``; a page that is no more goes."""
    wanted = {folder / f"man{page.section}" / page.file_name: page.text for page in pages()}
    for left in set(folder.glob("man*/*")) - wanted.keys():
        left.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else HOME)
