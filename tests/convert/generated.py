"""Hypothesis strategies for virtual machines of which every key is one the converter says."""

from __future__ import annotations

from hypothesis import strategies as st

from tui.convert.vmx_writer import quoted
from tui.disks import UnitAddress, target_name

# What libvirt's schema lets a name, a path or a network be called; wide enough for quotes, bars and umlauts.
NAMES = st.text("abcXYZ059 _-.()'äß日|\"<&>", min_size=1, max_size=12).map(str.strip).filter(bool)
NETWORKS = st.text("abcXYZ059 _-.", min_size=1, max_size=12).map(str.strip).filter(bool)
PATHS = st.text("abcXYZ059 _-.", min_size=1, max_size=8).map(str.strip).filter(lambda name: name.strip("."))
MODES = ("", "persistent", "independent-persistent", "independent-nonpersistent", "Independent-Persistent")
BYTES = st.binary(min_size=16, max_size=16).filter(any)
_SCSI_MODELS = ("buslogic", "lsilogic", "lsisas1068", "pvscsi")
_NETWORK_CARDS = ("vlance", "vmxnet", "vmxnet3", "e1000", "e1000e")
_ADDRESSES = {
    "generated": ("generatedAddress", "00:0c:29"),
    "vpx": ("generatedAddress", "00:50:56:9"),
    "static": ("address", "00:50:56:3"),
}

Keys = dict[str, str]


def spaced(data: bytes) -> str:
    """Sixteen bytes as a VMX spaces them."""
    return f"{data[:8].hex(' ')}-{data[8:].hex(' ')}"


@st.composite
def identities(draw: st.DrawFn) -> Keys:
    """Name, UUID, memory, processors, firmware."""
    count = draw(st.sampled_from((1, 2, 4, 8)))
    memory = 4 * draw(st.integers(1, 4096))
    keys = {
        "displayName": draw(NAMES),
        "uuid.bios": spaced(draw(BYTES)),
        "memsize": str(memory),
        "numvcpus": str(count),
        "guestOS": draw(st.sampled_from(("other", "other-64"))),
    }
    optional = {
        "annotation": draw(st.text('ab |"\n\t<é', max_size=20)),
        "vm.genid": str(draw(st.integers(-(2**63), 2**63 - 1).filter(bool))),
        "vm.genidX": str(draw(st.integers(-(2**63), 2**63 - 1))),
        "sched.mem.max": str(draw(st.integers(1, memory))),
        "sched.mem.minsize": str(draw(st.integers(1, memory))),
        "cpuid.coresPerSocket": str(
            draw(st.sampled_from([size for size in (2, 4) if count % size == 0] or [0]))
        ),
        "sched.cpu.affinity": ",".join(map(str, sorted(draw(st.sets(st.integers(0, 63), min_size=count))))),
        "sched.cpu.shares": draw(st.sampled_from(("low", "normal", "high", "4242"))),
        "firmware": "efi",
        "smbios.reflecthost": "true",
        "svga.vramSize": str(65536 << draw(st.integers(0, 9))),
    }
    if draw(st.booleans()):
        keys |= {"uefi.secureBoot.enabled": "true", "firmware": "efi"}
    chosen = draw(st.sets(st.sampled_from(sorted(optional))))
    keys |= {name: optional[name] for name in optional if name in chosen}
    if keys.get("cpuid.coresPerSocket") == "0":
        del keys["cpuid.coresPerSocket"]
    if "vm.genid" in keys or "vm.genidX" in keys:
        keys = {"vm.genid": "0", "vm.genidX": "0"} | keys
        if keys["vm.genid"] == keys["vm.genidX"] == "0":
            keys["vm.genid"] = "1"
    return keys


@st.composite
def disks(draw: st.DrawFn, buses: tuple[str, ...] = ("scsi", "ide", "sata", "nvme")) -> Keys:
    """Disks of these buses, no two with one target, and CD-ROM drives between them."""
    units = {"scsi": (4, 16), "ide": (2, 2), "sata": (4, 30), "nvme": (4, 15)}
    places = st.sampled_from(buses).flatmap(
        lambda bus: st.builds(
            UnitAddress, st.just(bus), st.integers(0, units[bus][0] - 1), st.integers(0, units[bus][1] - 1)
        )
    )
    chosen = draw(
        st.lists(
            places.filter(lambda place: (place.bus, place.unit) != ("scsi", 7)),
            max_size=6,
            unique_by=target_name,
        )
    )
    keys: Keys = {}
    for place in chosen:
        if place.bus != "ide":
            keys[f"{place.bus}{place.controller}.present"] = "true"
        if place.bus == "scsi" and draw(st.booleans()):
            keys.setdefault(f"scsi{place.controller}.virtualDev", draw(st.sampled_from(_SCSI_MODELS)))
        keys |= {f"{place}.{leaf}": value for leaf, value in draw(_media(place)).items()}
    return keys


@st.composite
def _media(draw: st.DrawFn, place: UnitAddress) -> Keys:
    if place.bus != "nvme" and draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(_drives())) | {"present": "true"}
    hard = {"scsi": "scsi-hardDisk", "ide": "ata-hardDisk", "sata": "ata-hardDisk"}.get(place.bus)
    keys = {"present": "true", "fileName": f"/vmfs/volumes/{draw(PATHS)}/{draw(PATHS)}.vmdk"}
    if hard:
        keys["deviceType"] = hard
    mode = draw(st.sampled_from(MODES))
    if mode:
        keys["mode"] = mode
    if draw(st.booleans()):
        keys["writeThrough"] = "true"
    if draw(st.booleans()):
        keys["sharing"] = "multi-writer"
    return keys


def _drives() -> list[Keys]:
    return [
        {"deviceType": "cdrom-image", "fileName": "emptyBackingString"},
        {"deviceType": "cdrom-image", "fileName": "/iso/setup.iso"},
        {"deviceType": "atapi-cdrom", "fileName": "/dev/sr0"},
        {"deviceType": "atapi-cdrom", "fileName": "auto detect", "autodetect": "true"},
    ]


@st.composite
def networks(draw: st.DrawFn) -> Keys:
    """Network cards, each connected one way, with an address of a range VMware has."""
    keys: Keys = {}
    for number in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(sorted(_ADDRESSES)))
        leaf, prefix = _ADDRESSES[kind]
        rest = draw(st.binary(min_size=3, max_size=3)).hex(":")
        address = prefix + ":" + rest if len(prefix) == 8 else prefix + rest[1:]
        card = {"present": "true", "addressType": kind, leaf: address}
        if kind == "generated":
            card["generatedAddressOffset"] = "0"
        card |= draw(_connections())
        if draw(st.booleans()):
            card["virtualDev"] = draw(st.sampled_from(_NETWORK_CARDS))
            if card["virtualDev"] == "vmxnet" and draw(st.booleans()):
                card["features"] = "15"
        if draw(st.booleans()):
            card["checkMACAddress"] = draw(st.sampled_from(("true", "false")))
        keys |= {f"ethernet{number}.{leaf}": value for leaf, value in card.items()}
    return keys


@st.composite
def _connections(draw: st.DrawFn) -> Keys:
    return draw(
        st.sampled_from(
            (
                {},
                {"connectionType": "nat"},
                {"connectionType": "hostonly"},
                {"connectionType": "bridged", "networkName": draw(NETWORKS)},
                {"connectionType": "custom", "networkName": draw(NETWORKS), "vnet": "/dev/vmnet2"},
                {
                    "dvs.switchId": spaced(draw(BYTES)),
                    "dvs.portId": str(draw(st.integers(0, 999))),
                    "dvs.portgroupId": draw(NETWORKS),
                    "dvs.connectionId": str(draw(st.integers(0, 2**31))),
                },
            )
        )
    )


@st.composite
def ports(draw: st.DrawFn) -> Keys:
    """A serial and a parallel port."""
    backings: tuple[Keys, ...] = (
        {"fileType": "device", "fileName": "/dev/ttyS0"},
        {"fileType": "file", "fileName": "/vmfs/volumes/ds/vm/out.txt"},
        {"fileType": "pipe", "fileName": "/run/p", "pipe.endPoint": "client", "tryNoRxLoss": "false"},
        {"fileType": "network", "fileName": "telnets://10.0.0.1:2023", "network.endPoint": "server"},
        {"fileType": "network", "fileName": "ssl://[::1]:2023", "network.endPoint": "client"},
    )
    keys: Keys = {}
    for number in draw(st.sets(st.integers(0, 3), max_size=2)):
        port = draw(st.sampled_from(backings)) | {"present": "true", "yieldOnMsrRead": "true"}
        keys |= {f"serial{number}.{leaf}": value for leaf, value in port.items()}
    if draw(st.booleans()):
        port = draw(st.sampled_from(backings[:2])) | {"present": "true"}
        keys |= {f"parallel1.{leaf}": value for leaf, value in port.items()}
    return keys


@st.composite
def others(draw: st.DrawFn) -> Keys:
    """A screen, shared folders, a floppy drive."""
    keys: Keys = {}
    if draw(st.booleans()):
        screen = {"port": "5901", "ip": "10.0.0.1", "keymap": "fr", "password": "geheim"}
        chosen = draw(st.sets(st.sampled_from(sorted(screen))))
        keys["RemoteDisplay.vnc.enabled"] = "true"
        keys |= {f"RemoteDisplay.vnc.{leaf}": value for leaf, value in screen.items() if leaf in chosen}
    count = draw(st.integers(0, 2))
    if count:
        keys |= {"isolation.tools.hgfs.disable": "false", "sharedFolder.maxNum": str(count)}
    for number in range(count):
        folder = {
            "present": "true",
            "enabled": "true",
            "readAccess": "true",
            "writeAccess": draw(st.sampled_from(("true", "false"))),
            "hostPath": f"/srv/{draw(PATHS)}",
            "guestName": draw(NAMES),
        }
        keys |= {f"sharedFolder{number}.{leaf}": value for leaf, value in folder.items()}
    if draw(st.booleans()):
        keys |= {"floppy0.present": "true", "floppy0.fileType": "device", "floppy0.fileName": "/dev/fd0"}
    return keys


@st.composite
def machines(draw: st.DrawFn, buses: tuple[str, ...] = ("scsi", "ide", "sata", "nvme")) -> Keys:
    """A whole VM, its keys in any order."""
    keys = draw(identities()) | draw(disks(buses)) | draw(networks()) | draw(ports()) | draw(others())
    return dict(draw(st.permutations(list(keys.items()))))


def as_vmx(keys: Keys) -> bytes:
    """The file that says these keys."""
    head = {".encoding": "UTF-8", "config.version": "8", "virtualHW.version": "14"}
    return "".join(f'{name} = "{quoted(value)}"\n' for name, value in (head | keys).items()).encode()
