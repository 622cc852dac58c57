"""What every test starts from: no settings, memory, colours or paths of the person who runs it."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest

_THEIRS = (
    "COLUMNS",
    "LINES",
    "NO_COLOR",
    "DISKMODE_DEBUG",
    "TEXTUAL_THEME",
    "TEXTUAL_COLOR_SYSTEM",
    "TEXTUAL_ANIMATIONS",
    "TEXTUAL_FILTERS",
    "TEXTUAL_DRIVER",
)


_COMPILED = "PYTHONPYCACHEPREFIX"
_made: list[str] = []


def pytest_configure() -> None:
    """Where modules are not kept compiled, keep them for the programs that the tests start: hundreds."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None) and _COMPILED not in os.environ:
        _made.append(tempfile.mkdtemp(prefix="diskmode-compiled-"))
        os.environ[_COMPILED] = _made[0]


def pytest_unconfigure() -> None:
    for folder in _made:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _own_surroundings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the settings or the memory of the person who runs it."""
    for name in _THEIRS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISKMODE_CONFIG", str(tmp_path_factory.getbasetemp() / "no-settings" / "config.toml"))
    monkeypatch.setenv("DISKMODE_STATE", str(tmp_path_factory.mktemp("state")))
