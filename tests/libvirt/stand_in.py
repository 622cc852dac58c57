"""A virsh that answers what it is told to answer: for hosts that do not mean well."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

_SCRIPT = """#!{python} -IS
import json, sys
answers = json.loads(open({answers!r}).read())
for command in sys.argv[-1].split("; "):
    if command.startswith("echo --err "):
        print("error: " + command.removeprefix("echo --err "), file=sys.stderr)
    elif command.startswith("echo "):
        sys.stdout.write(command.removeprefix("echo "))
    else:
        told = next((text for start, text in answers if command.startswith(start)), "")
        if told.startswith("error: "):
            print(told, file=sys.stderr)
        else:
            sys.stdout.buffer.write(told.encode("utf-8", "surrogateescape"))
    sys.stdout.flush()
    sys.stderr.flush()
"""


def stand_in(folder: Path, answers: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Put it first in PATH; an answer is to every command that begins so, the first that fits."""
    own = folder / "bin"
    own.mkdir(exist_ok=True)
    (own / "answers.json").write_text(json.dumps(answers))
    (own / "virsh").write_text(_SCRIPT.format(python=sys.executable, answers=str(own / "answers.json")))
    (own / "virsh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{own}:{os.environ['PATH']}")
