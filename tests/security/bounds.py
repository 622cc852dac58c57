"""Inputs as large as they may be, and what each costs in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
MEBIBYTE = 1 << 20
_HEAD = (
    b'config.version = "8"\nscsi0.present = "TRUE"\nscsi0:0.present = "TRUE"\nscsi0:0.fileName = "a.vmdk"\n'
)
_DISK = b"<disk type='file'><source file='/a%d'/><target dev='vd%d'/></disk>\n"
_PRESET_DISK = b"<disk type='file' snapshot='%s'><source file='/a%d'/></disk>\n"


class Cost(NamedTuple):
    """What an input took: ``ended`` is "taken", or why it was refused."""

    ended: str
    seconds: float
    mebibytes: int
    slowest: str


def _domain(devices: bytes, attributes: bytes = b"") -> bytes:
    return b"<domain" + attributes + b"><name>w</name><devices>" + devices + b"</devices></domain>"


def _keys(times: int, line: Callable[[int], bytes]) -> bytes:
    return _HEAD + b"".join(map(line, range(times)))


def _vmx_disks(times: int, controllers: int) -> bytes:
    return _keys(
        times,
        lambda n: (
            b'scsi%d:%d.present = "TRUE"\nscsi%d:%d.fileName = "%d.vmdk"\n'
            % (n % controllers, n // controllers, n % controllers, n // controllers, n)
        ),
    )


# By name: the input of a size, and about the largest size that is taken.
INPUTS: dict[str, tuple[Callable[[int], bytes], int]] = {
    "VMX: one line of N bytes": (lambda n: _HEAD + b'annotation = "' + b"x" * n + b'"\n', 63 * MEBIBYTE),
    "VMX: N bytes of escapes": (
        lambda n: _HEAD + b'displayName = "' + b"|1b" * (n // 3) + b'"\n',
        16 * MEBIBYTE,
    ),
    "VMX: N bytes of blanks": (lambda n: _HEAD + b"a" + b" " * n + b"b\n", 63 * MEBIBYTE),
    "VMX: N keys": (lambda n: _keys(n, lambda i: b'k%d = "v"\n' % i), 490_000),
    "VMX: one key N times": (lambda n: _HEAD + b'k = "v"\n' * n, 490_000),
    "VMX: N keys twice": (lambda n: _keys(n, lambda i: b'k%d = "v"\nk%d = "w"\n' % (i, i)), 200_000),
    "VMX: N malformed lines": (lambda n: _HEAD + b"free text\n" * n, 490_000),
    "VMX: N disks on one controller": (lambda n: _vmx_disks(n, 1), 19_000),
    "VMX: N disks on four controllers": (lambda n: _vmx_disks(n, 4), 19_000),
    "VMX: N network cards": (lambda n: _keys(n, lambda i: b'ethernet%d.present = "TRUE"\n' % i), 200_000),
    "XML: N disks": (lambda n: _domain(b"".join(_DISK % (i, i) for i in range(n))), 20_000),
    "XML: N disks out of a snapshot": (
        lambda n: _domain(
            b"".join(_PRESET_DISK % (b"no", i) for i in range(n)) + _PRESET_DISK % (b"internal", n)
        ),
        19_000,
    ),
    "XML: N disks and one external": (
        lambda n: _domain(
            b"".join(_PRESET_DISK % (b"internal", i) for i in range(n)) + _PRESET_DISK % (b"external", n)
        ),
        19_000,
    ),
    "XML: N empty disks": (lambda n: _domain(b"<disk/>" * n), 20_000),
    "XML: N unknown devices": (lambda n: _domain(b"<x a='b'/>" * n), 990_000),
    "XML: N domains": (lambda n: b"<node>" + b"<domain/>" * n + b"</node>", 990_000),
    "XML: N elements deep": (lambda n: _domain(b"<a>" * n + b"</a>" * n), 190),
    "XML: N attributes": (
        lambda n: _domain(b"", b"".join(b" a%d='x'" % i for i in range(n))),
        1_000,
    ),
    "XML: an attribute of N bytes": (
        lambda n: _domain(b"<disk><source file='" + b"a" * n + b"'/></disk>"),
        63 * MEBIBYTE,
    ),
    "XML: N bytes of text": (lambda n: b"<domain><name>" + b"a" * n + b"</name></domain>", 63 * MEBIBYTE),
    "XML: N references": (lambda n: b"<domain><name>" + b"&lt;" * n + b"</name></domain>", 1_000_000),
    "XML: N transients in a disk": (
        lambda n: _domain(b"<disk><source file='a'/>" + b"\n<transient/>" * n + b"</disk>"),
        490_000,
    ),
    "XML: N namespaces": (
        lambda n: b"<domain>" + b"".join(b"<x xmlns:p%d='u%d'/>" % (i, i) for i in range(n)) + b"</domain>",
        990_000,
    ),
}

_CHILD = """
import json, resource, sys, time
limit = 3 << 30
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
from tests.security import bounds
print(json.dumps(bounds.taken(sys.argv[1], int(sys.argv[2]))))
"""


def taken(name: str, size: int) -> tuple[str, float, int, str]:
    """Open, judge, edit, convert and show an input, in this process."""
    import resource  # noqa: PLC0415 - the child's alone
    import time  # noqa: PLC0415

    from tests.security.work import steps  # noqa: PLC0415
    from tui.formats.errors import FormatError  # noqa: PLC0415

    data = INPUTS[name][0](size)
    begun = time.process_time()
    slowest, longest = "", 0.0
    ended = "taken"
    try:
        for step, work in steps(data):
            start = time.process_time()
            work()
            spent = time.process_time() - start
            if spent > longest:
                slowest, longest = step, spent
    except FormatError as error:
        ended = error.what
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return ended, time.process_time() - begun, peak, slowest


def cost(name: str, size: int, patience: float = 120) -> Cost:
    """What an input costs in a process of its own, with 3 GiB of memory at most."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, name, str(size)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=patience,
        )
    except subprocess.TimeoutExpired:
        return Cost("TOO SLOW", patience, 0, "")
    if done.returncode:
        return Cost(f"CRASHED: {done.stderr.strip().splitlines()[-1:]}", 0, 0, "")
    return Cost(*json.loads(done.stdout))
