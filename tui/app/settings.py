"""What a person set for themselves: keys and theme, in ``config.toml`` under the platform's config folder."""

from __future__ import annotations

# ruff: noqa: PLC0415 - read before the first screen: what is not needed then is not loaded
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tui.disks import LibvirtVersion
from tui.storage import MissingError, StorageError, read, write_new

# The theme of our own, which Textual knows only once there is an app.
OWN_THEME = "diskmode"
_NO_KEYS: Mapping[str, str] = {}


class Settings(NamedTuple):
    """``keymap`` is Textual's: a binding's id to its keys. ``trouble`` is what was wrong with the file.

    ``libvirt`` is the version machines are judged for (None: the newest known).
    """

    theme: str | None = None
    keymap: Mapping[str, str] = _NO_KEYS
    trouble: str | None = None
    libvirt: LibvirtVersion | None = None


def settings_path() -> Path:
    """Where the settings lie; ``DISKMODE_CONFIG`` names another file."""
    named = os.environ.get("DISKMODE_CONFIG")
    if named:
        return Path(named)
    from platformdirs import user_config_path

    return user_config_path("diskmode") / "config.toml"


def load_settings() -> Settings:
    """The settings, or the defaults and what was wrong; never raises."""
    path = settings_path()
    try:
        data = read(path).data
    except MissingError:
        return Settings()
    except StorageError as error:
        return Settings(trouble=f"{path}: {error}; the defaults are used")
    import tomllib

    try:
        found = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return Settings(trouble=f"{path}: {error}; the defaults are used")
    theme, keymap = found.get("theme"), found.get("keymap", {})
    if not isinstance(keymap, dict) or not all(isinstance(keys, str) for keys in keymap.values()):
        return Settings(
            trouble=f'{path}: [keymap] wants lines like "disk.snapshot" = "f5"; the defaults are used'
        )
    try:
        libvirt = LibvirtVersion.parse(str(found["libvirt"])) if "libvirt" in found else None
    except ValueError:
        return Settings(trouble=f'{path}: libvirt wants a version like "11.3"; the defaults are used')
    return Settings(
        theme if isinstance(theme, str) else None,
        {str(name): keys for name, keys in keymap.items()},
        libvirt=libvirt,
    )


def keep_theme(theme: str) -> str | None:
    """Write the theme into the settings, all else as it stands there; what went wrong, or None."""
    import tomlkit

    path = settings_path()
    try:
        try:
            document = tomlkit.parse(read(path).data.decode("utf-8"))
        except MissingError:
            document = tomlkit.document()
            path.parent.mkdir(parents=True, exist_ok=True)
        document["theme"] = theme
        write_new(path, tomlkit.dumps(document).encode("utf-8"), overwrite=True)
    except (StorageError, OSError, ValueError) as error:
        return f"the theme could not be kept: {error}"
    return None
