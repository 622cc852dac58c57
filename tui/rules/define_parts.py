"""Words that libvirt does not take deeper in a ``<disk>``: of its address, its source, what that builds on.

In libvirt's messages. Sources: domain_conf.c, storage_source_conf.c, storage_encryption_conf.c and
device_conf.c; measured word by word with the QEMU driver of libvirt 9.0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from uuid import UUID

from tui.disks import Configuration, Disk, LibvirtVersion, Part
from tui.disks.libvirt import VHOST_VDPA
from tui.rules.define_numbers import UINT, ULONGLONG, factor_of, whole
from tui.rules.plan_align import FORMATS

_Check = Callable[[Part], Iterator[str]]

_YES = ("yes", "no")
_ATTRIBUTE = "Invalid value for attribute '{name}' in element '{element}': "
_WORD = _ATTRIBUTE + "'{word}'."
_NUMBER = _ATTRIBUTE + "'{word}'. Expected non-negative integer value"
_ZERO = _ATTRIBUTE + "Zero is not permitted"
KINDS = ("file", "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa")
_ENCRYPTIONS = ("default", "qcow", "luks", "luks2", "luks-any")
_NOT_IN_NAME = r"[\s\"(),/:;<=>?@\[\\\]{}]"
_NOT_IN_VALUE = r"[\s\",;\\]"
# From hub to hub (virDomainDeviceUSBAddressParseXML).
_MOST_PORTS = 4


def _filled(message: str, part: Part, name: str) -> str:
    return message.format(name=name, element=part.element, word=part.words.get(name, ""))


def _one_of(name: str, words: tuple[str, ...], message: str = _WORD) -> _Check:
    """An attribute that is one of ``words`` where it is there."""

    def check(part: Part) -> Iterator[str]:
        if part.words.get(name, words[0]) not in words:
            yield _filled(message, part, name)

    return check


def _number(  # noqa: PLR0913 - each a way libvirt reads one
    name: str,
    message: str = _NUMBER,
    most: int = UINT,
    base: int = 10,
    *,
    zero: bool = True,
    silent: bool = False,
) -> _Check:
    """An attribute that is a number where it is there; ``silent``: it may also say nothing."""

    def check(part: Part) -> Iterator[str]:
        word = part.words.get(name)
        number = 1 if word is None or (silent and not word) else whole(word, most, base)
        if number is None:
            yield _filled(message, part, name)
        elif number == 0 and not zero:
            yield _filled(_ZERO, part, name)

    return check


def _needs(name: str, message: str) -> _Check:
    """An attribute that must say something."""

    def check(part: Part) -> Iterator[str]:
        if not part.words.get(name):
            yield _filled(message, part, name)

    return check


def _holds(element: str, message: str) -> _Check:
    """An element that must stand in it."""

    def check(part: Part) -> Iterator[str]:
        if element not in part.inside:
            yield message

    return check


def _of(kind: str, *checks: _Check) -> _Check:
    """Checks of the sources of one type."""

    def check(part: Part) -> Iterator[str]:
        if part.kind == kind:
            yield from _all(checks, part)

    return check


def _by(protocols: tuple[str, ...], *checks: _Check) -> _Check:
    """Checks of the sources that are reached by one of these protocols."""

    def check(part: Part) -> Iterator[str]:
        if part.protocol in protocols:
            yield from _all(checks, part)

    return check


def _all(checks: tuple[_Check, ...], part: Part) -> Iterator[str]:
    for check in checks:
        yield from check(part)


# What no table says


def _secret(part: Part) -> Iterator[str]:
    uuid, usage = part.words.get("uuid"), part.words.get("usage")
    if uuid is None and usage is None:
        yield "missing secret uuid or usage attribute"
    elif uuid is not None and usage is not None:
        yield "either secret uuid or usage expected"
    elif uuid is not None and not _is_uuid(uuid):
        yield f"invalid secret uuid '{uuid}'"


def _is_uuid(text: str) -> bool:
    try:
        UUID(text.strip())
    except ValueError:
        return False
    return "{" not in text and "urn" not in text


def _host(part: Part) -> Iterator[str]:
    transport, socket = part.words.get("transport", "tcp"), part.words.get("socket")
    if transport not in ("tcp", "unix", "rdma"):
        yield f"unknown protocol transport type '{transport}'"
    elif transport == "unix":
        if socket is None:
            yield "missing socket for unix transport"
    elif socket is not None:
        yield f"transport '{part.words.get('transport', '(null)')}' does not support socket attribute"
    elif "name" not in part.words:
        yield "missing name for host"
    else:
        yield from _port(part.words.get("port", "1"))


def _port(word: str) -> Iterator[str]:
    number = whole(word)
    if number is None:
        yield f"failed to parse port number '{word}'"
    elif number > 65535:
        yield f"port '{word}' out of range"


def _slice(part: Part) -> Iterator[str]:
    if part.words.get("type") != "storage":
        return
    for name in ("offset", "size"):
        word = part.words.get(name)
        if not word:
            yield "missing offset or size attribute of slice"
        elif whole(word, ULONGLONG) is None:
            yield f"malformed value '{word}' of '{name}' attribute of slice"


def _cookie(part: Part) -> Iterator[str]:
    name = part.words.get("name", "")
    if not name:
        yield "missing cookie name"
    elif not part.text:
        yield f"missing value for cookie '{name}'"
    elif re.search(_NOT_IN_NAME, name):
        yield f"cookie name '{name}' contains invalid characters"
    elif re.search(_NOT_IN_VALUE, _unquoted(part.text)):
        yield f"value of cookie '{name}' contains invalid characters"


def _unquoted(text: str) -> str:
    """A cookie's value without the quotes around it."""
    return text[1:-1] if text.startswith('"') and text.endswith('"') else text


def _cache_size(part: Part) -> Iterator[str]:
    if part.text and whole(part.text, ULONGLONG) is None:
        yield f"Invalid value '{part.text}' for element or attribute './metadata_cache/max_size'"
    elif part.text:
        unit = part.words.get("unit", "")
        factor = factor_of(unit)
        if factor is None:
            yield f"unknown suffix '{unit}'"
        elif (whole(part.text, ULONGLONG) or 0) * factor > ULONGLONG:
            yield f"value too large: {part.text}{unit}"


def _connection(part: Part) -> Iterator[str]:
    """The socket of persistent reservations that somebody else manages."""
    for name, known in (("type", "unix"), ("mode", "client")):
        word = part.words.get(name)
        if not word:
            yield f"missing connection {name} for <reservations/>"
        elif word != known:
            yield f"unsupported connection {name} for <reservations/>: {word}"
    if not part.words.get("path"):
        yield "missing path for <reservations/>"


def _reservations(part: Part) -> Iterator[str]:
    if "managed" not in part.words:
        yield "Missing required attribute 'managed' in element 'reservations'"
    elif part.words["managed"] == "no" and "source" not in part.inside:
        yield "missing connection type for <reservations/>"


_AT_ONCE = _number("timeout")


def _reconnect(part: Part) -> Iterator[str]:
    yield from _one_of("enabled", _YES)(part)
    if part.words.get("enabled") != "yes":
        return
    if "timeout" not in part.words:
        yield "Missing required attribute 'timeout' in element 'reconnect'"
    yield from _AT_ONCE(part)


def _label(part: Part) -> Iterator[str]:
    yield from _one_of("relabel", _YES)(part)
    if part.words.get("relabel") == "no" and "label" in part.inside:
        model = part.words.get("model", "")
        yield f"Cannot specify a label if relabelling is turned off. model={model}"


# Addresses


def _address(part: Part) -> Iterator[str]:
    kind = part.words.get("type")
    if kind is None:
        yield "No type specified for device address"
    else:
        yield from _all(_OF_ADDRESS.get(kind, ()), part)


def _pci(part: Part) -> Iterator[str]:
    for name, form, most in _LIMITS:
        word = part.words.get(name)
        number = 0 if word is None else whole(word, UINT, 0)
        if number is None:
            yield _filled(_NUMBER, part, name)
        elif number > most:
            yield f"Invalid PCI address {name}={form.format(number)}"


def _dimm(part: Part) -> Iterator[str]:
    if "slot" not in part.words:
        yield "Missing required attribute 'slot' in element 'address'"


def _usb(part: Part) -> Iterator[str]:
    ports = part.words.get("port", "1").split(".")
    if len(ports) > _MOST_PORTS or any(whole(one) is None for one in ports):
        yield "Cannot parse <address> 'port' attribute"


_LIMITS = (
    ("domain", "", UINT),
    ("bus", "'0x{:02x}', must be <= 0xFF", 0xFF),
    ("slot", "'0x{:02x}', must be <= 0x1F", 0x1F),
    ("function", "0x{:x}, must be <= 7", 7),
)
_OF_ADDRESS: Mapping[str, tuple[_Check, ...]] = {
    "drive": tuple(_number(name) for name in ("controller", "bus", "target", "unit")),
    "pci": (_pci, _one_of("multifunction", ("on", "off"))),
    "usb": (_number("bus"), _usb),
    "dimm": (_dimm, _number("slot")),
}


# The tables


_AUTH = (
    _needs("username", "missing username for auth"),
    _one_of("type", ("none", "chap", "ceph", ""), "unknown auth type '{word}'"),
    _holds("secret", "Missing <secret> element in auth"),
)


def _ivgen(part: Part) -> Iterator[str]:
    if "ivgen" in part.inside and "cipher" not in part.inside:
        yield "ivgen element found, but cipher is missing"


_ENCRYPTION = (
    _ivgen,
    _needs("format", "unknown volume encryption format"),
    _one_of("format", _ENCRYPTIONS, "unknown volume encryption format type {word}"),
    _one_of("engine", ("qemu", "librbd")),
)
_ENCRYPTION_SECRET = (
    _needs("type", "unknown volume encryption secret type"),
    _one_of("type", ("passphrase",), "unknown volume encryption secret type {word}"),
    _secret,
)
_CIPHER = (
    _needs("name", "cipher info missing 'name' attribute"),
    _number("size"),
)
_BY_CURL = ("http", "https", "ftp", "ftps")
_AHEAD = "invalid readahead size or timeout"
_MODES = _one_of("mode", ("host", "direct"), "unknown source mode '{word}' for volume type disk")

_CHECKS: Mapping[str, tuple[_Check, ...]] = {
    "source/encryption": _ENCRYPTION,
    "source/encryption/secret": _ENCRYPTION_SECRET,
    "source/encryption/cipher": _CIPHER,
    "source/encryption/ivgen": (_needs("name", "missing ivgen info name string"),),
    "source/auth": _AUTH,
    "source/auth/secret": (_secret,),
    "address": (_address,),
    "acpi": (_number("index", zero=False),),
    "geometry": tuple(_number(name) for name in ("cyls", "heads", "secs")),
    "driver/metadata_cache/max_size": (_cache_size,),
    "source": (
        _of("network", _one_of("tls", _YES)),
        _of("volume", _MODES),
        _of("nvme", _one_of("managed", _YES)),
    ),
    "source/host": (_of("network", _host),),
    "source/seclabel": (_label,),
    "source/slices/slice": (_slice,),
    "source/ssl": (_by(("https", "ftps"), _one_of("verify", _YES)),),
    "source/cookies/cookie": (_by(("http", "https"), _cookie),),
    "source/readahead": (_by(_BY_CURL, _number("size", _AHEAD, ULONGLONG, silent=True)),),
    "source/timeout": (_by(_BY_CURL, _number("seconds", _AHEAD, ULONGLONG, silent=True)),),
    "source/reservations": (_one_of("managed", _YES), _reservations),
    "source/reservations/source": (_connection,),
    "source/reconnect": (_of("vhostuser", _reconnect),),
    "source/address": (_of("nvme", _pci),),
    "backingStore": (_one_of("type", KINDS, "unknown storage source type '{word}'"),),
    "backingStore/format": (_one_of("type", FORMATS, "unknown storage source format '{word}'"),),
    "backingStore/format/metadata_cache/max_size": (_cache_size,),
}


def unknown_in_parts(configuration: Configuration, disk: Disk) -> Iterator[str]:
    """Words that are none of those there are, numbers that are none, and what is missing beside them."""
    for part in disk.parts:
        yield from _all(_CHECKS.get(part.path, ()), part)
        if part.path == "backingStore" and _is_late(part, configuration.libvirt):
            yield f"unknown storage source type '{part.kind}'"


def _is_late(part: Part, libvirt: LibvirtVersion) -> bool:
    return part.kind == "vhostvdpa" and libvirt < VHOST_VDPA
