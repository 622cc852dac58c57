"""Bytes made to break the program, as many as the time allows; every finding is kept and told.

Run by ``python -m tests.benchmarks.fuzz [--seconds N] [--runs N]``. Where atheris is installed (``pip install
atheris`` beside diskmode) it steers by coverage; elsewhere our samples are mutated blindly. An input is the
number of a way through the program (two bytes, see tests.security.pipeline) and a file's bytes.
Findings are errors that are not the program's own, broken promises, and inputs that take too long; each is
written to ``--findings``, to become a test in tests/security.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.util
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_vms"
LONGEST = 2048
SLOW = 2.0
MEMORY = 2048
_TOLD = 2000
TOKENS = (
    *("<domain>", "<domain type='kvm'>", "<domain type='vmware'>", "</domain>", "<devices>", "</devices>"),
    *(
        "<disk type='file' device='disk'>",
        "<disk",
        "</disk>",
        "<disk/>",
        "<source file='a'/>",
        "<transient/>",
    ),
    *("<nosnapshot/>", "<nonpersistent/>", " snapshot='no'", " persistent='no'", " snapshot_mode='append'"),
    *("<target dev='vda' bus='virtio'/>", "<address type='drive' controller='0' unit='1'/>", "<readonly/>"),
    *("<name>", "</name>", "<controller type='scsi' model='vmpvscsi'/>", "<interface type='bridge'>"),
    *("<source network='n'/>", "<serial type='tcp'>", "<video>", "<graphics type='vnc' port='-1'/>"),
    *("<memory unit='KiB'>", "<vcpu>", "<uuid>", "<os>", "<loader secure='yes'/>", "<cpu>", "<filesystem>"),
    *("<domainsnapshot>", "<disks>", "<disk name='vda' snapshot='external'>", "<memory snapshot='no'/>"),
    *("<!--", "-->", "<![CDATA[", "]]>", "<?xml version='1.0' encoding='", "?>", "&#10;", "&lt;", "&x;"),
    *("<!DOCTYPE d [", "<!ENTITY x SYSTEM 'file:///etc/passwd'>", "xmlns='urn:x'", "<x:disk xmlns:x='u'>"),
    *('scsi0:0.fileName = "a.vmdk"\n', 'scsi0:0.mode = "', 'scsi0:0.present = "TRUE"\n', ".deviceType = "),
    *(
        'scsi0.virtualDev = "',
        'scsi0.sharedBus = "',
        "sata0:1.",
        "nvme0:0.",
        "ide1:0.",
        "usb_xhci:3.",
        "floppy0.",
    ),
    *('ethernet0.present = "TRUE"\n', "ethernet0.virtualDev = ", "serial0.fileType = ", "parallel0."),
    *(
        'memsize = "',
        'numvcpus = "',
        'uuid.bios = "',
        'virtualHW.version = "',
        ".encoding = ",
        'annotation = "',
    ),
    *('firmware = "efi"\n', 'RemoteDisplay.vnc.enabled = "TRUE"\n', "sched.cpu.shares = ", "sharedFolder0."),
    *(
        '"\n',
        "|22",
        "|0A",
        "|7C",
        "#",
        "=",
        "{{x}}",
        "\r",
        "\n",
        "\u202e",
        "99999999999999999999",
        "-1",
        "0x",
    ),
    *(
        'snapshot.numSnapshots = "2"\n',
        'snapshot0.uid = "1"\n',
        "# Disk DescriptorFile\n",
        "parentCID=",
        "KDMV",
    ),
)


@dataclass
class Tally:
    """What a run found."""

    inputs: int = 0
    taken: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    peak_mebibytes: int = 0
    findings: dict[str, int] = field(default_factory=dict)


class Target:
    """One input after another; what they cost and what they broke."""

    def __init__(self, kept: Path) -> None:
        # Imported here: atheris has to see it done.
        self._pipeline = importlib.import_module("tests.security.pipeline")
        self._kept = kept
        self._begun = time.monotonic()
        self.tally = Tally()

    def run(self, data: bytes) -> None:
        """Take one input all the way; never raises."""
        tally = self.tally
        tally.inputs += 1
        number = int.from_bytes(data[:2], "big")
        start = time.process_time()
        try:
            tally.taken += self._way(data[2:], number)
        except Exception as error:
            self._found(_where(error), data, traceback.format_exc())
        taken = time.process_time() - start
        if taken > tally.slowest:
            tally.slowest = taken
            (self._kept / "slowest.bin").write_bytes(data)
        if taken > SLOW:
            self._found("slow", data, f"{taken:.2f} s\n")
        if tally.inputs % _TOLD == 0:
            self.tell()

    def _way(self, data: bytes, number: int) -> bool:
        pipeline = self._pipeline
        choice = pipeline.Choice(number >> 4)
        match number & 15:
            case 14:
                return bool(pipeline.exercise_neighbour(data))
            case 13 | 15:
                return bool(pipeline.exercise_snapshot(data, choice))
            case step:
                return bool(pipeline.exercise(data, choice, step))

    def _found(self, where: str, data: bytes, told: str) -> None:
        findings = self.tally.findings
        findings[where] = findings.get(where, 0) + 1
        if findings[where] == 1:
            name = hashlib.sha256(where.encode()).hexdigest()[:12]
            (self._kept / f"{name}.bin").write_bytes(data)
            (self._kept / f"{name}.txt").write_text(f"{where}\n{told}", errors="backslashreplace")
            self.tell()

    def tell(self) -> None:
        """Write down how far it is: atheris never comes back."""
        self.tally.seconds = time.monotonic() - self._begun
        self.tally.peak_mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        (self._kept / "tally.json").write_text(json.dumps(asdict(self.tally), indent=2))


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/tui/" in frame.filename] or frames
    places = [f"{Path(frame.filename).name}:{frame.name}" for frame in own[-2:]]
    last = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
    return " > ".join((type(error).__name__, *places, last))


_DOMAIN = b"<domain type='%s'><name>w</name><devices>%s</devices></domain>"
_KVM_DISK = b"""<disk type='file' snapshot='no'><driver type='qcow2'/><source file='/a'/>
<target dev='sda' bus='scsi'/><address type='drive' unit='1'/><transient/></disk>
<controller type='scsi' index='0' model='vmpvscsi'/>"""
_ESX_DEVICES = b"""<interface type='bridge'><mac address='00:50:56:00:00:01'/><source bridge='n'/>
<model type='e1000'/></interface><serial type='tcp'><source host='h' service='1'/></serial>
<graphics type='vnc' port='5900'/><filesystem><source dir='/s'/><target dir='t'/></filesystem>
<video><model type='vmvga' vram='4096'/></video>"""
SMALL = (
    b"<domain><devices><disk><source file='a'/><target dev='vda'/></disk></devices></domain>",
    _DOMAIN % (b"kvm", _KVM_DISK),
    _DOMAIN % (b"vmware", _ESX_DEVICES),
    b'config.version = "8"\nscsi0.present = "TRUE"\nscsi0:0.present = "TRUE"\nscsi0:0.fileName = "a.vmdk"\n',
    b"""memsize = "1024"
numvcpus = "2"
guestOS = "debian12-64"
uuid.bios = "56 4d 1a 2b 3c 4d 5e 6f-70 81 92 a3 b4 c5 d6 e7"
ethernet0.present = "TRUE"
ethernet0.virtualDev = "vmxnet3"
serial0.present = "TRUE"
serial0.fileType = "network"
serial0.fileName = "telnet://h:1"
sata0.present = "TRUE"
sata0:1.present = "TRUE"
sata0:1.deviceType = "cdrom-image"
sata0:1.fileName = "a.iso"
""",
)


def seeds() -> Iterator[bytes]:
    """Our samples, whole or their heads, and small ones, on every way through the program."""
    for small in SMALL:
        yield from (way.to_bytes(2, "big") + small for way in range(6))
    for path in sorted(SAMPLES.rglob("*")):
        if path.suffix in {".vmx", ".xml", ".vmsd", ".vmdk"}:
            ways: Iterable[int] = (14,) if path.suffix in {".vmsd", ".vmdk"} else range(6)
            if path.name == "domainsnapshot.xml":
                ways = (13, 15, 2)
            for way in ways:
                yield way.to_bytes(2, "big") + path.read_bytes()[: LONGEST - 2]
    yield b"\0\x0f<domainsnapshot><disks><disk name='vda' snapshot='external'/></disks></domainsnapshot>"


def mutated(source: random.Random, stock: list[bytes]) -> bytes:
    """A seed with some of its bytes cut, doubled, changed, or replaced by a token or another seed's."""
    data = bytearray(source.choice(stock))
    for _ in range(source.choice((1, 1, 2, 3, 6))):
        at = source.randrange(len(data) + 1)
        end = min(len(data), at + source.choice((0, 1, 1, 4, 16, 80)))
        other = source.choice(stock)
        begin = source.randrange(len(other) + 1)
        pieces = (
            b"",
            bytes(data[at:end]) * 2,
            source.randbytes(source.randrange(1, 4)),
            source.choice(TOKENS).encode(),
            other[begin : begin + source.choice((4, 40, 200))],
        )
        data[at:end] = source.choice(pieces)
    if source.random() < 0.5:
        data[:2] = source.randbytes(2)
    return bytes(data[:LONGEST])


def blindly(target: Target, seconds: float, runs: int, seed: int) -> None:
    """Mutations of the seeds, one after another."""
    source, stock = random.Random(seed), list(seeds())
    end = time.monotonic() + seconds
    while target.tally.inputs < runs and time.monotonic() < end:
        target.run(mutated(source, stock))
    target.tell()


def steered(kept: Path, seconds: float, runs: int, seed: int) -> None:
    """Inputs that atheris makes from the coverage of those before; ends the process."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["tui"]):
        target = Target(kept)
    corpus = kept / "corpus"
    corpus.mkdir(exist_ok=True)
    for data in seeds():
        (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    words = kept / "words.dict"
    words.write_text(
        "".join('"' + "".join(f"\\x{byte:02x}" for byte in token.encode()) + '"\n' for token in TOKENS)
    )
    options = [
        *(f"-max_len={LONGEST}", f"-max_total_time={int(seconds)}", f"-runs={runs}", f"-seed={seed}"),
        *(f"-dict={words}", "-timeout=30", f"-rss_limit_mb={MEMORY}", "-print_final_stats=1", "-verbosity=1"),
        *("-len_control=0", f"-artifact_prefix={kept}/", str(corpus)),
    ]
    atheris.Setup([sys.argv[0], *options], target.run)
    atheris.Fuzz()


def _work(options: argparse.Namespace) -> None:
    if options.worker == "atheris":
        steered(options.findings, options.seconds, options.runs, options.seed)
    else:
        blindly(Target(options.findings), options.seconds, options.runs, options.seed)


def main(words: list[str] | None = None) -> int:
    """Run, print what was found, and answer 1 where anything was."""
    steered_here = importlib.util.find_spec("atheris") is not None
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.fuzz")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--runs", type=int, default=100_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--engine", choices=("atheris", "blind"), default="atheris" if steered_here else "blind"
    )
    parser.add_argument("--findings", type=Path, default=None)
    parser.add_argument("--worker", choices=("atheris", "blind"), default=None, help=argparse.SUPPRESS)
    options = parser.parse_args(words)
    if options.findings is None:
        options.findings = Path(tempfile.mkdtemp(prefix="fuzz-"))
    options.findings.mkdir(parents=True, exist_ok=True)
    if options.worker:
        _work(options)
        return 0
    passed = (("seconds", options.seconds), ("runs", options.runs), ("seed", options.seed))
    limited = f'ulimit -c 0; ulimit -v {(MEMORY + 1024) * 1024}; exec "$@"'
    command = ["sh", "-c", limited, "sh"] if options.engine == "blind" else []
    command += [sys.executable, "-m", "tests.benchmarks.fuzz", "--worker", options.engine]
    command += [word for name, value in passed for word in (f"--{name}", str(value))]
    with (options.findings / "log.txt").open("wb") as log:
        ended = subprocess.run(
            [*command, "--findings", str(options.findings)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            check=False,
        )
    tally = Tally(**json.loads((options.findings / "tally.json").read_text()))
    print(f"engine {options.engine}, ended with status {ended.returncode}; kept in {options.findings}")
    print(
        f"{tally.inputs:,} inputs of at most {LONGEST} bytes in {tally.seconds:.0f} s, {tally.taken:,} taken"
    )
    print(f"the slowest took {tally.slowest:.3f} s; memory at most {tally.peak_mebibytes} MiB")
    for where, times in sorted(tally.findings.items(), key=lambda one: -one[1]):
        print(f"{times:8,}  {where}")
    print(f"{len(tally.findings)} findings")
    return 1 if tally.findings or ended.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
