"""How fast other hosts are: an audit over SSH beside the bare stream of its files, in the same run.

Run by ``python -m tests.benchmarks.remote [--count 500] [--rounds 3] [--many 10000]``: an sshd of its own on
127.0.0.1, the far side in busybox, behind a proxy that holds data back. Both sides share this computer's
cores. Aims: 1.3 times the bare stream at each round trip, 3 calls to open and 2 to save, 150 MB.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tests.benchmarks.audit import Taken
from tests.benchmarks.compiled import compiled_in
from tests.benchmarks.tree import make_tree
from tests.storage.ssh.delay import delayed
from tests.storage.ssh.far_side import applets
from tests.storage.ssh.server import Server, server_in

ROUND_TRIPS = (0, 20, 100)  # milliseconds
AIM, AIM_MEMORY = 1.3, 150
AIM_OPEN, AIM_SAVE = 3, 2

_CALLS = """#!/bin/sh
echo >>{log}
exec {ssh} "$@"
"""
_ONE_FILE = """
import os, sys, time
from tui.cli.hosts import reach
from tui.machine import machine_in, read_sidecars, with_sidecars
from tui.storage import place_of, read, save, source_now, source_of, disconnect_hosts
address, log = sys.argv[1:]
def calls():
    return os.path.getsize(log)
def told(name, work):
    before, start = calls(), time.perf_counter()
    result = work()
    print(name, calls() - before, time.perf_counter() - start)
    return result
told("connect", lambda: reach([address]))
def opened():
    place, path = place_of(address)
    assert not place.is_folder(path)
    reading = read(address)
    return reading, with_sidecars(machine_in(reading.data, reading.path.path), source_of(reading))
reading, machine = told("open", opened)
def saved():
    read_sidecars(machine, source_now(reading))
    return save(reading, reading.data + b'checked = "TRUE"\\n')
told("save", saved)
disconnect_hosts()
"""


def bare(server: Server, port: int, tree: Path, environment: Mapping[str, str]) -> Sequence[str]:
    """The stream of the same files with nothing made of it."""
    ssh = [*shlex.split(environment["DISKMODE_SSH"]), "-p", str(port), "127.0.0.1"]
    far = f"find {shlex.quote(str(tree))} -type f -print0 | xargs -0 tar -cf - 2>/dev/null | gzip -1"
    return ("sh", "-c", f"{shlex.join([*ssh, far])} | gunzip >/dev/null")


def audit(port: int, tree: Path) -> Sequence[str]:
    """What is measured."""
    address = f"ssh://127.0.0.1:{port}{tree}"
    return (sys.executable, "-m", "tui", "audit", address, "--format", "jsonl", "--fail-on", "never")


@contextmanager
def far_side(folder: Path) -> Iterator[tuple[Server, dict[str, str]]]:
    """An sshd, and the environment that leads to it."""
    for name in ("tools", "sshd", "pyc"):
        (folder / name).mkdir()
    with server_in(folder / "sshd", applets(folder / "tools")) as server:
        yield server, {**compiled_in(folder / "pyc"), **server.environment()}


def compared(server: Server, environment: dict[str, str], tree: Path, rounds: int) -> None:
    """The audit beside the bare stream, in turn, at each round trip."""
    for round_trip in ROUND_TRIPS:
        with delayed(server.port, round_trip) as port:
            commands = {"bare": bare(server, port, tree, environment), "audit": audit(port, tree)}
            taken = {name: Taken() for name in commands}
            for words in commands.values():
                Taken().run(words, environment)
            for _ in range(rounds):
                for name, words in commands.items():
                    taken[name].run(words, environment)
        base, ours = (median(taken[name].wall) for name in ("bare", "audit"))
        print(
            f"round trip {round_trip:3} ms: bare {base:5.2f} s, audit {ours:5.2f} s, {ours / base:4.2f}x"
            f" (aim {AIM}x)  {taken['audit'].memory:4.0f} MB"
        )


def one_file(server: Server, environment: dict[str, str], tree: Path, folder: Path) -> None:
    """The calls and seconds of opening a file and of saving it, once the connection stands."""
    log, wrapper = folder / "calls", folder / "ssh"
    log.touch()
    wrapper.write_text(_CALLS.format(log=log, ssh=environment["DISKMODE_SSH"]))
    wrapper.chmod(0o755)
    file = sorted(tree.rglob("*.vmx"))[0]
    for round_trip in ROUND_TRIPS:
        with delayed(server.port, round_trip) as port:
            words = [sys.executable, "-c", _ONE_FILE, f"ssh://127.0.0.1:{port}{file}", str(log)]
            done = subprocess.run(
                words,
                env={**environment, "DISKMODE_SSH": str(wrapper)},
                check=True,
                capture_output=True,
                text=True,
            )
        figures = dict(line.split(" ", 1) for line in done.stdout.splitlines())
        told = "; ".join(
            f"{name} {calls} call{'' if calls == '1' else 's'}{aim}, {float(seconds):.2f} s"
            for name, aim in (("connect", ""), ("open", f" (aim {AIM_OPEN})"), ("save", f" (aim {AIM_SAVE})"))
            for calls, seconds in (figures[name].split(),)
        )
        print(f"round trip {round_trip:3} ms: {told}")


def main() -> None:
    """Print the ratios, the calls and the memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--many", type=int, default=0, help="machines on one host, for the memory")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="diskmode-") as made:
        folder, tree = Path(made), Path(made) / "volumes"
        make_tree(tree, asked.count)
        files = sum(1 for one in tree.rglob("*") if one.is_file())
        print(
            f"{asked.count} machines, {files} files; medians of {asked.rounds} turns, {os.cpu_count()} cores"
        )
        with far_side(folder) as (server, environment):
            compared(server, environment, tree, asked.rounds)
            one_file(server, environment, tree, folder)
            if asked.many:
                many = folder / "many"
                make_tree(many, asked.many)
                taken, start = Taken(), time.perf_counter()
                taken.run(audit(server.port, many), environment)
                print(
                    f"{asked.many} machines on one host: {time.perf_counter() - start:.1f} s,"
                    f" {taken.memory:.0f} MB (aim {AIM_MEMORY} MB)"
                )


if __name__ == "__main__":
    main()
