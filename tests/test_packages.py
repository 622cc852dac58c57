"""What is carried to other hosts: the one file, in a root with the C library alone; the Debian package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.terminal.terminal import Terminal
from tui import __version__

pytestmark = pytest.mark.packages
ROOT = Path(__file__).parents[1]
ONE_FILE = ROOT / "dist" / "diskmode"
# Python stands on these, and what starts it on zlib, which every package tool has.
LIBRARIES = re.compile(r"/ld-linux|/lib(?:c|m|dl|rt|util|pthread|z)\.so")


def built(path: Path, command: str) -> Path:
    """A build that is not older than the program."""
    newest = max(one.stat().st_mtime for one in (ROOT / "tui").rglob("*.py"))
    if not path.exists() or path.stat().st_mtime < newest:
        assert not os.environ.get("CI"), f"in CI {command} has built {path.name}"
        pytest.skip(f"{path.name} is not built, or older than the program: {command}")
    return path


def into(root: Path) -> list[str]:
    """The words that run a command in another root."""
    words = ["chroot", str(root)] if shutil.which("chroot") and os.access("/", os.W_OK) else None
    return words or ["unshare", "--user", "--map-root-user", f"--root={root}"]


@pytest.fixture(scope="module")
def bare_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one file, the C library, two machines, and nothing else: no Python, no shell, no home."""
    one_file = built(ONE_FILE, ".ci/onefile")
    root = tmp_path_factory.mktemp("root")
    needed = subprocess.run(["ldd", one_file], capture_output=True, text=True, check=True).stdout
    folders = {Path(found).parent for found in re.findall(r"(/\S+)", needed)}
    libraries = [one for folder in folders for one in folder.iterdir() if LIBRARIES.search(str(one))]
    for one in libraries:
        target = root / str(one).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(one, target)
    for name in ("bin", "tmp", "vms"):
        (root / name).mkdir()
    shutil.copy(one_file, root / "bin")
    for name in ("esxi8-web01.vmx", "kvm-app01.xml"):
        shutil.copy(ROOT / "sample_vms" / name, root / "vms")
    return root


def test_the_command_line_runs_where_there_is_no_python(bare_root: Path) -> None:
    def said(*words: str) -> subprocess.CompletedProcess[str]:
        call = [*into(bare_root), "/bin/diskmode", *words]
        return subprocess.run(
            call, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]}
        )

    assert said("--version").stdout == f"diskmode {__version__}\n"
    shown = said("show", "/vms/esxi8-web01.vmx")
    assert (shown.returncode, "scsi0:1" in shown.stdout) == (0, True), shown.stderr
    audited = said("audit", "/vms", "--jobs", "2", "--format", "csv")
    assert (audited.returncode, audited.stdout.count("\n") > 5) == (0, True), audited.stderr
    changed = said("set", "/vms/kvm-app01.xml", "vda", "--no-snapshot", "--dry-run")
    assert "+" in changed.stdout, changed.stderr


@pytest.mark.terminal
def test_the_screens_open_where_there_is_no_python(bare_root: Path) -> None:
    env = {"TERM": "xterm-256color", "PATH": os.environ["PATH"]}
    with Terminal([*into(bare_root), "/bin/diskmode", "/vms"], env=env, cwd=ROOT) as terminal:
        terminal.wait("web01", "scsi0:1")
        terminal.send("q")
        assert terminal.leave() == 0


def test_the_debian_package_brings_all_it_stands_on(tmp_path: Path) -> None:
    package = built(
        next((ROOT / "dist").glob(f"diskmode_{__version__}_*.deb"), ROOT / "dist/none.deb"), ".ci/deb"
    )
    subprocess.run(["dpkg-deb", "-x", package, tmp_path], check=True)
    script = (tmp_path / "usr/bin/diskmode").read_text()
    private = tmp_path / "usr/lib/diskmode"
    assert script.startswith("#!/usr/bin/python3 -I\n")
    script = script.replace("/usr/lib/diskmode", str(private))
    words = ["/usr/bin/python3", "-I", "-c", script, "show", str(ROOT / "sample_vms/esxi8-web01.vmx")]
    shown = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (shown.returncode, "scsi0:1" in shown.stdout) == (0, True), shown.stderr
    assert {one.name for one in tmp_path.glob("usr/share/man/man1/*")} >= {
        "diskmode.1.gz",
        "diskmode-set.1.gz",
    }
