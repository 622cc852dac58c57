"""Globs as a person types them, where a datastore's name stands in brackets."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import lru_cache


@lru_cache(maxsize=4096)
def glob_pattern(glob: str) -> re.Pattern[str]:
    """What a glob fits from end to end; letter case does not count.

    A bracket begins a set of letters, as in a shell, and is also itself: ``[scratch01] *`` is every path on
    that datastore, and so is ``[[]scratch01] *``.
    """
    ways = dict.fromkeys((translate(glob), translate(glob.replace("[", "[[]"))))
    return re.compile(rf"\A(?:{'|'.join(ways)})", re.IGNORECASE)
