"""An audit this program wrote as JSON or JSON lines, read back record by record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

SCHEMA = "diskmode.audit/1"
Record = dict[str, Any]


class AuditError(Exception):
    """A file is no audit of this program's; ``args`` tell why."""


def records_in(data: bytes) -> list[Record] | None:
    """The records of an audit, each with its ``kind``, in the shape of JSON lines; None where it is no JSON.

    Raises AuditError where this program did not write it.
    """
    if not data.lstrip().startswith(b"{"):
        return None
    try:
        return [record for document in _documents(data) for record in _records(document)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise no_audit(error) from None


def no_audit(error: Exception) -> AuditError:
    """What is wrong with a file whose records are not as this program writes them."""
    return AuditError(f"it is no audit this program wrote ({type(error).__name__}: {error})")


def _documents(data: bytes) -> list[Record]:
    try:
        return [json.loads(data)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in data.split(b"\n") if line.strip()]


def _records(document: Record) -> Iterator[Record]:
    if document["schema"] != SCHEMA:
        raise ValueError(f"its schema is {document['schema']}")
    if "results" not in document:
        if not isinstance(document["kind"], str):
            raise TypeError("kind is no text")
        yield document
        return
    for result in document["results"]:
        yield result
        if result["kind"] == "machine":
            for disk in result["disks"]:
                yield {**result, **disk, "kind": "disk"}
    yield from ({**one, "kind": "accept"} for one in document["accept"])
    yield {**document["totals"], "kind": "total"}
