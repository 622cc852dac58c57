"""diskmode: whether a virtual disk takes part in snapshots and keeps its writes, seen, judged and changed."""

__version__ = "0.2.0"
