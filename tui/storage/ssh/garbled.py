"""The error of every answer that is none."""


class GarbledError(Exception):
    """A host answered what no script of ours prints; the text says what was expected."""
