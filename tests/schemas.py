"""Holding the JSON of the program to its own schemas, to the last key."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema

from tui.cli.schema import schema_of


def hold(output: bytes) -> int:
    """Validate a JSON document or JSON lines of ours; how many documents of a diskmode schema there were."""
    if not output.startswith(b"{") or b'"schema": "diskmode.' not in output[:4096]:
        return 0
    try:
        documents = [json.loads(output)]
    except json.JSONDecodeError:
        documents = [json.loads(line) for line in output.splitlines() if line.startswith(b"{")]
    for document in documents:
        valid(document)
    return len(documents)


def valid(document: dict[str, Any]) -> None:
    """Raise where a document is not as the schema it names says, or has a key that is not told there."""
    name = document["schema"].removeprefix("diskmode.").removesuffix("/1")
    _validator(name, _branch(name, document)).validate(document)


def _branch(name: str, document: dict[str, Any]) -> str | None:
    """The one of several shapes that is meant: so an error says what is wrong with that one."""
    if name == "audit":
        return f"{document['kind']}_line" if "kind" in document else "document"
    if name == "plan":
        return "of_backup" if "kind" in document else "of_snapshot"
    return None


@cache
def _validator(name: str, branch: str | None) -> jsonschema.Draft202012Validator:
    schema = json.loads(schema_of(name))
    jsonschema.Draft202012Validator.check_schema(schema)
    if branch is not None:
        assert {"$ref": f"#/$defs/{branch}"} in schema["oneOf"]
        schema["oneOf"] = [{"$ref": f"#/$defs/{branch}"}]
    return jsonschema.Draft202012Validator(_closed(schema))


def _closed(schema: Any) -> Any:
    """The schema with every object closed: what is published lets keys be added, our tests do not."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    types = schema.get("type", ())
    is_object = types == "object" or (isinstance(types, list) and "object" in types)
    if is_object and ("properties" in schema or "allOf" in schema):
        closed.setdefault("unevaluatedProperties", False)
    return closed
