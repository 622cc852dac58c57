"""Every command of the README is run as it stands there, in a world that holds the machines it names."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal.terminal import ENTER, Terminal, require, surroundings
from tests.test_readme import README, SET_UP, blocks, rows_below
from tui.cli.messages import Status
from tui.cli.program import COMMANDS

pytestmark = pytest.mark.terminal
# The paths of the README that begin at the root lie in the world's folder.
ROOTED = re.compile(r"(?:(?<![\w.~/])|(?<=ssh://root@esxi0\d))/(?=(?:vms|vm|vmfs|etc/libvirt)\b)")
FINDS = re.compile(r"compare|--fail-on warning")
ASKS = "--take"
WEB_VMX = """.encoding = "UTF-8"
config.version = "8"
virtualHW.version = "20"
displayName = "web01"
guestOS = "rhel9-64"
scsi0.present = "TRUE"
scsi0.virtualDev = "pvscsi"
scsi0:0.present = "TRUE"
scsi0:0.fileName = "web01.vmdk"
scsi0:1.present = "TRUE"
scsi0:1.fileName = "web01_1.vmdk"
scsi0:1.mode = "independent-persistent"
scsi0:2.present = "TRUE"
scsi0:2.fileName = "web01_2.vmdk"
sched.cpu.units = "mhz"
"""
WEB_XML = """<domain type='kvm'>
  <name>web01</name>
  <uuid>5b3f2c6e-92d5-4c0a-8f4e-0d6f5f5f7a10</uuid>
  <memory>1048576</memory>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='/vm/web01.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='/vm/web01-data.qcow2'/>
      <target dev='vdb' bus='virtio'/>
    </disk>
  </devices>
</domain>
"""
# What libvirt's test driver has, for the connections of the README. Dumped, it is of QEMU's kind again.
TEST_XML = WEB_XML.replace("type='kvm'", "type='test'")
CONNECTION = re.compile(r"qemu(?:\+ssh)?://\w*/system")
# virsh as its users call it, over files; what is asked of a connection goes to the real one, but that the
# test driver takes no snapshot of disks alone.
VIRSH = """#!/bin/sh
case "$*" in
"dumpxml web01") cat etc/libvirt/qemu/web01.xml ;;
"edit web01") cp etc/libvirt/qemu/web01.xml edited.xml && $EDITOR edited.xml ;;
*snapshot-create*) echo "Domain snapshot before created" ;;
*) REAL "$@" | sed "s/type='test'/type='kvm'/" ;;
esac
"""


# Every host is this one.
SSH = """#!/bin/sh
while [ "$1" != -- ]; do shift; done
exec sh -c "$3"
"""


def commands() -> list[str]:
    """Each line of shell but the set-up's, and each command that answers a question."""
    lines = [line for block in blocks("sh") for line in block.splitlines() if not line.startswith(SET_UP)]
    answers = [
        re.findall(r"`(diskmode [^`]+)`", row[column]) for row in rows_below("you ask") for column in (1, 2)
    ]
    return list(dict.fromkeys([*lines, *(one for found in answers for one in found)]))


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A folder with the machines, and with ``diskmode`` and a ``virsh`` to call."""
    for target, text in {
        "web01.vmx": WEB_VMX,
        "web01.xml": WEB_XML,
        "db01.vmx": WEB_VMX.replace("web01", "db01"),
        "vms/web01/web01.vmx": WEB_VMX,
        "vmfs/volumes/datastore1/web01/web01.vmx": WEB_VMX,
        "vmfs/volumes/ds1/web01/web01.vmx": WEB_VMX,
        "etc/libvirt/qemu/web01.xml": WEB_XML,
        "vm/.keep": "",
    }.items():
        path = tmp_path / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (tmp_path / "node.xml").write_text(f"<node>{TEST_XML}</node>")
    (bin_folder / "ssh").write_text(SSH)
    (bin_folder / "virsh").write_text(VIRSH.replace("REAL", shutil.which("virsh") or "false"))
    (bin_folder / "diskmode").write_text(f'#!/bin/sh\nexec {sys.executable} -m tui "$@"\n')
    for script in bin_folder.iterdir():
        script.chmod(0o755)
    return tmp_path


def surroundings_of(world: Path) -> dict[str, str]:
    path = f"{world / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return surroundings(world / "config.toml", PATH=path, HOME=str(world))


def here(command: str, world: Path) -> str:
    """A command, its paths and connections led into the world."""
    if CONNECTION.search(command):
        require("virsh")
    return ROOTED.sub(f"{world}/", CONNECTION.sub(f"test://{world}/node.xml", command))


def opens_a_screen(command: str) -> bool:
    words = re.split(r"\bdiskmode ", command)[-1].split()
    return "EDITOR=" in command or words[0] not in COMMANDS


@pytest.mark.parametrize(
    "command", [one for one in commands() if not opens_a_screen(one) and ASKS not in one]
)
def test_a_command_of_the_readme_does_what_it_is_there_for(command: str, world: Path) -> None:
    require(*(name for name in ("jq", "patch") if f"| {name}" in command))
    env = surroundings_of(world)
    (world / ".local/share/bash-completion/completions").mkdir(parents=True)
    if "--last" in command:
        change = ["diskmode", "set", "web01.vmx", "scsi0:0", "--no-snapshot"]
        subprocess.run(change, cwd=world, env=env, check=True, capture_output=True)
    line = ["bash", "-c", f"set -o pipefail; {here(command, world)}"]
    done = subprocess.run(
        line, cwd=world, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    wanted = Status.FINDINGS if FINDS.search(command) else Status.DONE
    assert done.returncode == wanted, done.stdout + done.stderr


@pytest.mark.parametrize("command", [one for one in commands() if opens_a_screen(one)])
def test_a_screen_of_the_readme_opens_and_is_left(command: str, world: Path) -> None:
    before = (world / "web01.xml").read_bytes()
    line = ["bash", "-c", here(command, world)]
    with Terminal(line, env=surroundings_of(world), cwd=world) as terminal:
        terminal.wait("? help")
        terminal.send("q")
        assert terminal.leave() == 0, terminal.text
    assert (world / "web01.xml").read_bytes() == before


@pytest.mark.parametrize("command", [one for one in commands() if ASKS in one])
def test_a_command_of_the_readme_that_asks_is_answered(command: str, world: Path) -> None:
    with Terminal(["bash", "-c", here(command, world)], env=surroundings_of(world), cwd=world) as terminal:
        terminal.wait("[y/N]")
        terminal.send("y", ENTER)
        assert terminal.leave() == 0, terminal.text
        assert "Domain snapshot before created" in terminal.text


def test_no_command_is_told_outside_of_what_is_run() -> None:
    told = set(re.findall(r"`(diskmode [^`…]+)`", README)) - set(commands())
    assert not [one for one in told if not re.fullmatch(r"diskmode [A-Z-]+|diskmode (?:COMMAND.*|\w+)", one)]
