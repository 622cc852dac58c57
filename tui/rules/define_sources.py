"""What a ``<source>`` must say, or must not, by its type, its protocol and its image: in libvirt's messages.

That of the disk and those it builds on alike. Sources: domain_conf.c, qemu_domain.c and qemu_block.c;
measured with the QEMU driver of libvirt 9.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tui.disks import Configuration, Device, Disk, Part
from tui.rules.define_numbers import ULONGLONG, whole
from tui.rules.define_words import WORDS
from tui.rules.plan_align import FORMATS

# Protocols whose name is a pool, or a volume, and an image in it.
_OF_POOLS = ("rbd", "gluster")
_SECRET_OF = {"rbd": "ceph", "iscsi": "iscsi"}
_SECRETS = ("none", "volume", "ceph", "iscsi", "tls", "vtpm")
# Protocols that carry a name and a password otherwise: libvirt looks at no secret there.
_BY_CURL = ("http", "https", "ftp", "ftps", "tftp", "ssh")
# Protocols of which libvirt reads the cookies.
WITH_COOKIES = ("http", "https")
_ENCRYPTED = ("raw", "aio", "qcow2")
# Where the size of an image's metadata cache is read: of the disk's own, and of those it builds on.
CACHE_SIZES = ("driver/metadata_cache/max_size", "backingStore/format/metadata_cache/max_size")


class _Stored(NamedTuple):
    """One image of a chain: its ``<source>``, the parts in that, and its format (None: not said).

    ``own`` is the disk's; the others are what it builds on.
    """

    source: Part
    format: str | None
    own: bool
    below: list[Part]

    @property
    def known_format(self) -> str | None:
        """The format as libvirt takes it: of a volume it guesses none where none is said."""
        return self.format if self.format or "pool" in self.source.words else "raw"

    def each(self, path: str) -> list[Part]:
        """The parts of one path."""
        return [part for part in self.below if part.path == path]


def _chain_of(disk: Disk) -> Sequence[_Stored]:
    """The disk's own source, where it says more than a path, and those it builds on."""
    found: list[_Stored] = []
    image, own = disk.file_format, True
    for part in disk.parts:
        if part.path == "backingStore":
            own = False
        elif part.path == "backingStore/format":
            image = part.words.get("type")
        elif part.path == "source":
            found.append(_Stored(part, image, own, []))
        elif found and part.path.startswith("source/"):
            found[-1].below.append(part)
    return found


# What it must say


def incomplete_source(_: Configuration, disk: Disk) -> Iterator[str]:
    """What a source of its type must say and does not."""
    for part in disk.parts:
        if part.path == "backingStore":
            yield from _incomplete_store(part)
        elif part.path == "backingStore/format" and not part.words.get("type"):
            yield "missing disk backing store format"
    for stored in _chain_of(disk):
        check = _INCOMPLETE.get(stored.source.kind)
        if check is not None:
            yield from check(stored)
        yield from _twice(stored)


def _twice(stored: _Stored) -> Iterator[str]:
    """What a source says twice and must not; only a web server's cookies are read."""
    if stored.source.protocol in WITH_COOKIES:
        names = [part.words.get("name") for part in stored.each("source/cookies/cookie")]
        yield from (f"duplicate cookie '{name}'" for name in dict.fromkeys(names) if names.count(name) > 1)
    for element in ("auth", "encryption"):
        if len(stored.each(f"source/{element}")) > 1:
            yield f"an <{element}> definition already found for disk source"
    models = [part.words.get("model") for part in stored.each("source/seclabel")]
    for model in models:
        if model and models.count(model) > 1:
            yield f"seclabel for model {model} is already provided"


def _incomplete_store(part: Part) -> Iterator[str]:
    for element in ("format", "source"):
        if element not in part.inside:
            yield f"missing disk backing store {element}"


def _network(stored: _Stored) -> Iterator[str]:
    words = stored.source.words
    protocol, name = words.get("protocol"), words.get("name")
    if protocol not in (None, *WORDS["source protocol"]):
        yield f"unknown protocol type '{protocol}'"
    elif protocol is None:
        yield "Missing required attribute 'protocol' in element 'source'"
    elif (name is None and protocol != "nbd") or (not name and protocol == "iscsi"):  # 9.0's daemon crashes
        yield "missing name for disk source"
    elif protocol in _OF_POOLS and (name or "").find("/") < 1:
        yield f"can't split path '{name}' into pool name and image name"


def _volume(stored: _Stored) -> Iterator[str]:
    words = stored.source.words
    if ("pool" in words) is not ("volume" in words):
        yield "'pool' and 'volume' must be specified together for 'pool' type source"


def _nvme(stored: _Stored) -> Iterator[str]:
    words = stored.source.words
    namespace = words.get("namespace")
    if "type" not in words:
        yield "missing 'type' attribute to disk source"
    elif words["type"] != "pci":
        yield f"unsupported source type '{words['type']}'"
    elif namespace is None:
        yield "missing 'namespace' attribute to disk source"
    elif (number := whole(namespace, ULONGLONG, minus=True)) is None:
        yield f"malformed namespace '{namespace}'"
    elif "address" not in stored.source.inside:
        yield "NVMe disk source is missing address"
    elif number == 0 and stored.own:
        yield "NVMe namespace can't be zero"


def _vhost_user(stored: _Stored) -> Iterator[str]:
    words = stored.source.words
    if "type" not in words:
        yield "missing 'type' attribute for vhostuser disk source"
    elif words["type"] != "unix":
        yield "invalid 'type' attribute for vhostuser disk source"
    elif "path" not in words:
        yield "missing 'path' attribute for vhostuser disk source"


_INCOMPLETE = {"network": _network, "volume": _volume, "nvme": _nvme, "vhostuser": _vhost_user}


# What QEMU has not for such a source


def qemu_unfit_sources(_: Configuration, disk: Disk) -> Iterator[str]:
    """An option, a secret or a format that does not go with the source it stands at."""
    for stored in _chain_of(disk):
        yield from _of_secrets(stored)
        yield from _of_encryption(stored)
        if stored.source.protocol == "nfs":
            yield from _of_nfs(stored)
        if "tlsHostname" in stored.source.words and stored.source.protocol not in ("nbd", ""):
            yield "'tlsHostname' field is supported only with NBD disks"
        if disk.device is not Device.LUN and stored.own and "reservations" in stored.source.inside:
            yield "<reservations/> allowed only for lun devices"
        slices = (part.words.get("type") for part in stored.each("source/slices/slice"))
        if disk.device is Device.LUN and "storage" in slices:
            yield "disk device 'lun' doesn't support storage slice"
        if disk.device is Device.LUN and stored.each("source/encryption"):
            yield "disk device 'lun' doesn't support encryption"
    image = disk.file_format
    for part in disk.parts:
        if part.path == "backingStore/format":
            image = part.words.get("type")
            yield from _of_chain_format(part)
        elif part.path in CACHE_SIZES and image != "qcow2" and whole(part.text, ULONGLONG):
            yield "metadata cache max size control is supported only with qcow2 images"


def _of_secrets(stored: _Stored) -> Iterator[str]:
    protocol = stored.source.protocol
    wanted = _SECRET_OF.get(protocol)
    for part in stored.each("source/auth/secret"):
        kind = part.words.get("type", "<null>")
        if protocol and kind not in _SECRETS:
            yield f"unknown secret type '{kind}'"
        elif wanted not in (None, kind):
            yield f"invalid secret type '{kind}'"
        elif wanted is None and protocol and protocol not in _BY_CURL:
            yield f"authentication is not supported for protocol '{protocol}'"


def _of_encryption(stored: _Stored) -> Iterator[str]:
    for part in stored.each("source/encryption"):
        kind, engine = part.words.get("format", ""), part.words.get("engine", "qemu")
        if engine == "librbd" and stored.source.protocol != "rbd":
            yield "librbd encryption is supported only with RBD backed disks"
        elif engine == "qemu" and kind in ("luks2", "luks-any"):
            yield f"{kind} is currently not supported by the qemu encryption engine"
        elif kind in ("default", "qcow"):
            yield "old qcow/qcow2 encryption is not supported"
        elif "cipher" in part.inside:
            yield "supplying <cipher> for domain disk definition is unnecessary"
        elif engine == "qemu" and stored.known_format not in _ENCRYPTED:
            yield "encryption is supported only with 'raw' and 'qcow2' image format"


def _of_nfs(stored: _Stored) -> Iterator[str]:
    hosts = stored.each("source/host")
    if len(hosts) != 1:
        yield "'nfs' protocol requires the usage of exactly one host"
        return
    if hosts[0].words.get("transport", "tcp") != "tcp":
        yield "'nfs' host must use TCP protocol"
    elif (whole(hosts[0].words.get("port", "0")) or 0) > 0:
        yield "port cannot be specified in 'nfs' protocol host"


def _of_chain_format(part: Part) -> Iterator[str]:
    image = part.words.get("type", "")
    if image not in FORMATS:
        return
    if part.kind == "dir" and image != "fat":
        yield "storage type 'dir' requires use of storage format 'fat'"
    elif image == "fat" and part.kind not in ("dir", "volume"):
        yield "storage format 'fat' is supported only with 'dir' storage type"
    elif image == "iso":
        yield "storage format 'iso' is not directly supported by QEMU, use 'raw' instead"
    elif image == "dir":
        yield "'directory' storage format is not directly supported by QEMU, use 'dir' disk type instead"
