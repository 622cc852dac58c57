"""What writing an edit down costs a key, and what the disk then takes off the key's path, by size of file.

Run by ``python -m tests.benchmarks.journal [KEYS]``: so many toggles of one line, to and fro.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from tui.history.journal import Journal

_SIZES = (10_000, 1_000_000, 10_000_000)
_AIM = 1.0
_LINE = b'guestinfo.note%06d = "' + b"x" * 200 + b'"\n'
_MODE, _OTHER = b'scsi0:0.mode = "persistent"\n', b'scsi0:0.mode = "independent-persistent"\n'


def _text(size: int) -> bytes:
    """A VMX of about ``size`` bytes, its one mode in the middle."""
    lines = [_LINE % number for number in range(size // len(_LINE % 0))]
    return b"".join([*lines[: len(lines) // 2], _MODE, *lines[len(lines) // 2 :]])


def main() -> None:
    """Write and print."""
    keys = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    print(f"medians of {keys} keys in ms; aim: written down in under {_AIM}")
    for size in _SIZES:
        one = _text(size)
        other = one.replace(_MODE, _OTHER)
        noted, flushed = [], []
        with tempfile.TemporaryDirectory() as folder:
            journal = Journal(str(Path(folder, "web.vmx")), one)
            for number in range(keys):
                texts = (one, other) if number % 2 == 0 else (other, one)
                start = time.perf_counter()
                journal.edited(*texts)
                written = time.perf_counter()
                journal.flush()
                noted.append(1000 * (written - start))
                flushed.append(1000 * (time.perf_counter() - written))
            assert journal.trouble is None, journal.trouble
            journal.drop()
        worst = quantiles(noted, n=100)[98]
        print(
            f"{size:>12,} bytes: {median(noted):6.3f} (99 of 100: {worst:6.3f}), "
            f"flushed in {median(flushed):6.3f}"
        )


if __name__ == "__main__":
    main()
