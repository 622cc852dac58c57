"""File names: a VMX's ``/vmfs/volumes/DS/PATH`` and bare names, a domain XML's ``[DS] PATH``.

Source: libvirt's VMX driver (the parseFileName and formatFileName of esx_driver.c) for datastores; VMware's
hosted products resolve a bare or relative name beside the VMX.
"""

from __future__ import annotations

import ntpath
import posixpath
import re

from tui.convert.results import Options

_VOLUMES = "/vmfs/volumes/"
_DATASTORE_PATH = re.compile(r"\[([^\[\]/]+)\]\s*(.*)", re.DOTALL)
_ABSOLUTE = re.compile(r"/|\\|\[|[A-Za-z]:[\\/]")
_DOTTED = re.compile(r"(?:^|/)\.\.?(?:/|$)")


def domain_path(name: str, folder: str) -> str:
    """A VMX's file name as a domain XML says it; bare names lie in ``folder`` (see ``folder_of``)."""
    if "/" not in name and "\\" not in name and "[" not in name and name != "..":
        return folder + name if name else ""
    if name.startswith(_VOLUMES):
        return _on_datastore(name) or name
    if _ABSOLUTE.match(name):
        return name
    if "\\" in folder and "/" not in folder:
        return ntpath.normpath(ntpath.join(folder, name))
    if "/" not in name:
        name = name.replace("\\", "/")
    return _joined(folder, name)


def vmx_path(name: str, folder: str = "") -> str:
    """A domain XML's file name as a VMX says it; bare names lie in ``folder`` (see ``folder_of``)."""
    if folder and name and not _ABSOLUTE.match(name):
        name = _joined(folder, name)
    match = _DATASTORE_PATH.fullmatch(name)
    return f"{_VOLUMES}{match[1]}/{match[2].lstrip('/')}" if match and match[2] else name


def folder_of(options: Options) -> str:
    """What stands before a bare file name: ``[datastore] folder/``, a folder of the host, or nothing."""
    if options.location is not None:
        match = _DATASTORE_PATH.fullmatch(options.location.strip())
        if match is None:
            return options.location.rstrip("/") + "/" if options.location else ""
        return _prefix(match[1], match[2].strip("/"))
    path = options.vmx_path or ""
    datastore = _on_datastore(path) if path.startswith(_VOLUMES) else None
    match = _DATASTORE_PATH.fullmatch(datastore or path)
    if match is not None:
        return _prefix(match[1], posixpath.dirname(match[2]))
    return path[: max(path.rfind("/"), path.rfind("\\")) + 1]


def _prefix(datastore: str, folder: str) -> str:
    return f"[{datastore}] {folder}/" if folder else f"[{datastore}] "


def _on_datastore(name: str) -> str | None:
    datastore, _, path = name[len(_VOLUMES) :].lstrip("/").partition("/")
    path = path.lstrip("/")
    return f"[{datastore}] {path}" if datastore and path else None


def _joined(folder: str, name: str) -> str:
    if not _DOTTED.search(name):
        return folder + name
    match = _DATASTORE_PATH.fullmatch(folder)
    start = f"[{match[1]}] " if match else ""
    whole = posixpath.normpath((match[2] if match else folder) + name)
    # A name that climbs out of its datastore names nothing there: it stays for the reader to see.
    return folder + name if match and whole.startswith("..") else start + whole
