"""The real virsh on libvirt's test driver, which forgets its state with the process: everything in one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

SCHEMAS = Path("/usr/share/libvirt/schemas")
_SNAPSHOT = re.compile(r"<domainsnapshot>.*?</domainsnapshot>", re.DOTALL)
# "error: unsupported configuration: what it says"; virsh puts the kind of error first.
_KINDS = re.compile(r"error: [A-Za-z ]+: ")


def needed(there: object, what: str) -> None:
    """Skip the test where a component is missing; in CI that is a failure."""
    if there:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{what} is not installed, and this is CI")
    pytest.skip(f"{what} is not installed")


@cache
def version() -> tuple[int, ...]:
    """The version of the virsh installed."""
    said = subprocess.run(["virsh", "--version"], capture_output=True, text=True, check=True, timeout=20)
    return tuple(int(part) for part in said.stdout.strip().split("."))


def need_virsh() -> None:
    needed(shutil.which("virsh"), "virsh")


class Answer(NamedTuple):
    """What virsh made of one ``<domainsnapshot>``: the document it has now, or its error without the kind."""

    snapshot: etree._Element | None
    error: str


def answered(answer: Answer) -> dict[str, tuple[str, str]] | str:
    """By target the location and the overlay, or why there is no snapshot."""
    if answer.snapshot is None:
        return answer.error
    found = {}
    for disk in answer.snapshot.iterfind("disks/disk"):
        source = disk.find("source")
        overlay = "" if source is None else source.get("file") or source.get("dev") or ""
        found[disk.get("name") or ""] = (disk.get("snapshot") or "", overlay)
    return found


class Question(NamedTuple):
    """A domain's name and a ``<domainsnapshot>`` for it, which has ``NAME`` where its name goes."""

    domain: str
    snapshot: str


def ask(
    domains: Sequence[str], questions: Sequence[Question], folder: Path, running: Sequence[str] = ()
) -> list[Answer]:
    """Define the domains, start some, take every snapshot under a name of its own: in one process."""
    commands = []
    for number, domain in enumerate(domains):
        (folder / f"d{number}").write_text(domain)
        commands.append(f"define d{number}")
    commands += [f"start {name}" for name in running]
    commands.append("echo --err defined")
    for number, question in enumerate(questions):
        name = f"s{number}"
        (folder / name).write_text(question.snapshot.replace("NAME", name))
        create = f"snapshot-create {question.domain} {name}"
        commands += [create, f"snapshot-dumpxml {question.domain} {name}", f"echo --err {name}"]
    out, errors = _run("\n".join(commands), folder)
    defining, *told = re.split(r"error: (?:defined|s\d+)\n", errors)
    assert not defining.strip(), defining
    made = {one.findtext("name"): one for one in map(etree.fromstring, _SNAPSHOT.findall(out))}
    return [
        Answer(made.get(f"s{number}"), _KINDS.sub("", told[number].strip().partition("\n")[0]))
        for number in range(len(questions))
    ]


def _run(script: str, folder: Path) -> tuple[str, str]:
    """What virsh prints, among it the prompts nobody sees, and its errors."""
    done = subprocess.run(
        ["virsh", "--quiet", "-c", "test:///default"],
        input=f"{script}\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=folder,
        env={**os.environ, "LC_ALL": "C"},
    )
    return done.stdout, done.stderr
