"""A save over SSH struck at every program that its script calls, and at bytes that do not arrive.

A stand-in for ssh runs the scripts on this computer. The programs there count how often they are called in a
save, and at the one that was chosen, before or behind it, end the shell, end the connection, or find the disk
full. What is left is held against what was promised.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.storage.ssh.far_side import BUSYBOX, applets
from tui.storage import ConflictError, SaveError, read, save
from tui.storage.ssh.connections import CONNECTIONS

OLD, NEW = b'scsi0:0.mode = "persistent"\n' * 40, b'scsi0:0.mode = "independent-persistent"\n' * 40
CUTS = range(0, len(NEW), 100)
_COUNTED = ("readlink", "stat", "sha256sum", "mktemp", "dd", "chown", "chmod", "mv", "sync")


class Strike(StrEnum):
    """What happens at a step."""

    SHELL = "the far shell is killed"
    LINK = "the connection is killed"
    FULL = "the disk is full"
    CUT = "the bytes are cut short"
    KEY = "ctrl+c, which ssh hears as well"


_ENDS = {
    Strike.SHELL: 'kill -9 "$FAR_SHELL"; exit 1',
    Strike.LINK: "kill -9 $FAR_LINK",
    Strike.KEY: "kill -INT $FAR_CALLER; kill -9 $FAR_LINK",
    Strike.FULL: 'echo "No space left on device" >&2; exit 1',
}
_TOOL = """#!{busybox} sh
[ -e {folder}/armed ] || exec {busybox} {name} "$@"
read -r number <{folder}/count; number=$((number + 1)); echo "$number" >{folder}/count
. {folder}/armed
[ "$number" != "$before" ] || {{ {{ {busybox} rm {folder}/armed; . {folder}/end; }}; }}
{busybox} {name} "$@"; status=$?
[ "$number" != "$behind" ] || {{ {{ {busybox} rm {folder}/armed; . {folder}/end; }}; }}
exit $status
"""
_STAND_IN = """#!{busybox} sh
while [ "$1" != -- ]; do shift; done
{busybox} mkfifo {folder}/out.$$
{busybox} cat <{folder}/out.$$ &
cat=$!
export PATH={folder}/tools FAR_LINK="$cat $$" FAR_CALLER=$PPID
far='FAR_SHELL=$$; export FAR_SHELL; echo $$ >>{folder}/pids; eval "$1"'
if [ -e {folder}/cut ] && [ -e {folder}/armed ]; then
    read -r bytes <{folder}/cut; {busybox} rm {folder}/cut {folder}/armed
    {busybox} dd bs=1 "count=$bytes" 2>/dev/null |
        {busybox} sh -c "$far" far "$3" >{folder}/out.$$
    exit 255
fi
{busybox} sh -c "$far" far "$3" >{folder}/out.$$
status=$?
wait "$cat"
{busybox} rm {folder}/out.$$
exit $status
"""


@dataclass(frozen=True, slots=True)
class Point:
    """Where a save is struck: at which call (from 1), before or behind it; or behind how many bytes."""

    strike: Strike
    at: int
    behind: bool = False
    backup: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """What a save left: what it said, whether the new bytes are in place, and the draft, if there is one."""

    said: str
    in_place: bool
    draft: str | None


class FarHost:
    """One host of this kind, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "tools").mkdir()
        applets(folder / "tools")
        for name in _COUNTED:
            tool = folder / "tools" / name
            tool.unlink()
            tool.write_text(_TOOL.format(busybox=BUSYBOX, folder=folder, name=name))
            tool.chmod(0o755)
        self.ssh = folder / "ssh"
        self.ssh.write_text(_STAND_IN.format(busybox=BUSYBOX, folder=folder))
        self.ssh.chmod(0o755)

    @property
    def environment(self) -> Mapping[str, str]:
        """What leads to it."""
        return {"DISKMODE_SSH": str(self.ssh)}

    def calls(self, room: Path, *, backup: bool) -> int:
        """How many programs a save calls."""
        self._save(room, Point(Strike.FULL, -1, backup=backup))
        return int((self.folder / "count").read_text())

    def _save(self, room: Path, point: Point) -> str:
        path = room / "web01.vmx"
        path.write_bytes(OLD)
        path.chmod(0o640)
        reading = read(f"ssh://far{path}")
        self.arm(point)
        try:
            save(reading, NEW, backup=point.backup)
        except ConflictError as error:
            return f"conflict: {error.what}"
        except SaveError as error:
            return f"not saved: {error.what}"
        finally:
            (self.folder / "armed").unlink(missing_ok=True)
        return "saved"

    def arm(self, point: Point) -> None:
        """Have the save that comes next struck."""
        if point.strike is Strike.CUT:
            (self.folder / "cut").write_text(f"{point.at}\n")
        else:
            (self.folder / "end").write_text(f"{_ENDS[point.strike].format(busybox=BUSYBOX)}\n")
        where = "behind" if point.behind else "before"
        (self.folder / "count").write_text("0\n")
        (self.folder / "pids").write_text("")
        (self.folder / "armed").write_text(f"before=0 behind=0\n{where}={point.at}\n")

    def wait(self) -> None:
        """Until every shell there has ended."""
        for pid in (self.folder / "pids").read_text().split():
            for _ in range(1000):
                if not Path(f"/proc/{pid}/exe").exists():
                    break
                time.sleep(0.02)

    def struck(self, room: Path, point: Point) -> Left:
        """Save in an empty folder, struck there, and hold what is left against what was promised."""
        said = self._save(room, point)
        self.wait()  # a shell whose connection has ended may go on for a moment
        path = room / "web01.vmx"
        data = path.read_bytes()
        assert data in (OLD, NEW), (point, "neither the old bytes nor the new ones")
        assert path.stat().st_mode & 0o777 == 0o640, (point, "another mode")
        others = sorted(one.name for one in room.iterdir() if one != path)
        drafts = [name for name in others if ".diskmode-" in name]
        assert len(drafts) <= 1, (point, others)
        for name in set(others) - set(drafts):
            assert name == "web01.vmx~", (point, others)
            # A name is claimed by an empty file, and has the whole copy a moment later.
            assert (room / name).read_bytes() in (OLD, b""), (point, "a part of a backup")
        if said == "saved":
            assert data == NEW, (point, said)
        elif "is not known" not in said:
            assert data == OLD, (point, said)
        told = read(f"ssh://far{path}").notices
        assert [one.split(" ")[6] for one in told] == drafts, (point, told)
        return Left(said, data == NEW, drafts[0] if drafts else None)


def points(host: FarHost, room: Path) -> Iterator[Point]:
    """Every point."""
    for backup in (False, True):
        number = host.calls(room, backup=backup)
        for one in room.iterdir():
            one.unlink()
        for strike in (Strike.SHELL, Strike.LINK, Strike.FULL):
            for at in range(1, number + 1):
                for behind in (False, True) if strike is not Strike.FULL else (False,):
                    yield Point(strike, at, behind, backup)
        yield from (Point(Strike.CUT, at, backup=backup) for at in CUTS)


def use(host: FarHost) -> None:
    """Let this process reach the host, and no other."""
    CONNECTIONS.close()
    os.environ.update(host.environment)
