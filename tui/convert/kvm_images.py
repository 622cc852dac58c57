"""The files of a KVM domain's disks: what the domain names, and the script that makes them.

Source: qemu-img(1) for the commands; VMware's VMDK descriptor, whose ``parentCID`` is ffffffff where the disk
stands on no other.
"""

from __future__ import annotations

import posixpath
import re
from itertools import count
from shlex import quote

from tui.convert.paths import domain_path, vmx_path
from tui.convert.results import DiskFormat, Kvm
from tui.convert.vmx_reader import VmxReader
from tui.disks import Disk

# libvirt's default storage pool.
_IMAGES = "/var/lib/libvirt/images"
_DELTA = re.compile(r"-\d{6}\.vmdk", re.IGNORECASE | re.ASCII)
_HEAD = """\
#!/bin/sh
# Makes the disks that the domain names. The virtual machine must be off and have no snapshots.
set -eu
one_disk() {
  [ -e "$1" ] || { echo "$1 is not there" >&2; exit 1; }
  [ ! -e "$2" ] || { echo "$2 is there already" >&2; exit 1; }
  if head -c 4096 "$1" | LC_ALL=C grep -a -i '^parentCID=' | grep -q -v -i '=ffffffff'; then
    echo "$1 stands on another disk: remove the snapshots first" >&2; exit 1
  fi
  for record in "${1%/*}"/*.vmsd; do
    [ -e "$record" ] || continue
    if grep -i '^snapshot.numSnapshots' "$record" | grep -q -v '"0"'; then
      echo "$record records snapshots: remove them first" >&2; exit 1
    fi
  done
  qemu-img convert -p -S 4k -f vmdk -O "$3" "$1" "$2"
}
"""


class Images:
    """The names of the images, no two alike, and the script that makes those that are not there yet."""

    def __init__(self, vm: VmxReader, wanted: Kvm) -> None:
        self._vm = vm
        self._wanted = wanted
        self._taken: set[str] = set()
        self._names: dict[str, str] = {}
        self._commands: list[str] = []

    @property
    def script(self) -> str:
        """The whole script; empty where every disk is used as it is."""
        return _HEAD + "".join(self._commands) if self._commands else ""

    @property
    def format(self) -> DiskFormat:
        """The format every disk has in the domain: what the images were, or are converted to."""
        return self._wanted.disk_format

    def of(self, disk: Disk, key: str) -> str:
        """The absolute name of a disk's image on the KVM host."""
        source = domain_path(disk.source, self._vm.folder)
        if _DELTA.search(source):
            why = "the disk stands on a snapshot: remove the snapshots before its file is moved"
            self._vm.lose(key, why, "error", disk.index)
        folder = self._wanted.disk_folder
        if folder is None and source.startswith("/") and not source.startswith("/vmfs/"):
            return source
        if source in self._names:
            return self._names[source]
        name = self._free(posixpath.join(folder or _IMAGES, self._base(source)))
        self._names[source] = name
        if folder is None:
            why = f"a KVM host has no such path: copy the file to {name}, or give --disk-folder"
            self._vm.lose(key, why, "warning", disk.index)
        else:
            there = vmx_path(source)
            there = there if there.startswith("/") else f"./{there}"
            self._commands.append(f"one_disk {quote(there)} {quote(name)} {self.format}\n")
        return name

    def _base(self, source: str) -> str:
        base = re.split(r"[/\\\]]", source)[-1].strip()
        suffix = "img" if self.format is DiskFormat.RAW else self.format.value
        return f"{base.rpartition('.')[0] or base}.{suffix}"

    def _free(self, name: str) -> str:
        stem, _, suffix = name.rpartition(".")
        names = (name if number == 0 else f"{stem}-{number}.{suffix}" for number in count())
        free = next(name for name in names if name not in self._taken)
        self._taken.add(free)
        return free


def host_path(vm: VmxReader, name: str) -> str | None:
    """A file of the host that a KVM host may have as well: an absolute path outside VMware's datastores."""
    path = domain_path(name, vm.folder)
    return path if path.startswith("/") and not path.startswith("/vmfs/") else None
