"""The environment programs are measured in: modules are compiled once, as pip does when it installs them."""

from __future__ import annotations

import os
from pathlib import Path


def compiled_in(folder: Path) -> dict[str, str]:
    """This process's environment, in which what is compiled is kept in ``folder`` whatever else it says."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder)}
