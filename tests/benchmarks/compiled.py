"""The environment programs are measured in: modules are compiled once, as pip does when it installs them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def compiling_to(folder: Path) -> Mapping[str, str | None]:
    """The variables (None: unset) with which Python keeps what it compiles in ``folder``."""
    return {"PYTHONDONTWRITEBYTECODE": None, "PYTHONPYCACHEPREFIX": str(folder)}


def compiled_in(folder: Path) -> dict[str, str]:
    """This process's environment with these."""
    changed = {**os.environ, **compiling_to(folder)}
    return {name: value for name, value in changed.items() if value is not None}
