"""Which ``guestOS`` a VMX says for a domain's operating system, and from which hardware version on.

Source: libosinfo's identifiers (osinfo-db), and the vSphere API's VirtualMachineGuestOsIdentifier with the
API version each is there from (as govmomi's enum.go has them: windows9_64Guest 6.0, debian12_64Guest 8.0);
by VMware's table of hardware versions (KB 1003746) API 5.0 is 8, 5.5 is 10, 6.0 is 11, 6.5 is 13, 6.7 is 14,
7.0 is 17, 7.0.1 is 18 and 8.0 is 20. A VMX writes them with a dash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tui.convert.domain_reader import DomainReader

_VENDORS = re.compile(r"https?://[^/]+/([a-z-]+)/(.+)")
_OSINFO = "{http://libosinfo.org/xmlns/libvirt/domain/1.0}"


@dataclass(frozen=True, slots=True)
class Guest:
    """An operating system: VMX's ``word`` for it, which hardware knows ``since`` that version, its family.

    ``before`` is the word that older hardware versions have in its place.
    """

    word: str
    since: int = 4
    before: str = ""
    windows: bool = False

    def at(self, version: int) -> str:
        """The word at a hardware version."""
        return self.before if self.before and version < self.since else self.word

    @property
    def controller(self) -> str:
        """The SCSI controller it has a driver for: no Windows since 10 has one for ``lsilogic``."""
        if self.windows:
            return "lsisas1068"
        unknown = self.word.startswith("other") and "linux" not in self.word
        return "lsilogic" if unknown else "pvscsi"


def _windows(word: str, since: int = 4, before: str = "") -> Guest:
    return Guest(word, since, before, windows=True)


# Distributions without a word of their own, in every release.
_LINUX = {"": Guest("other5xlinux-64", 18, "other4xlinux-64")}
_PLAIN_LINUX = (
    *("alpinelinux", "archlinux", "gentoo", "nixos", "voidlinux", "manjaro", "mageia", "alt", "cirros"),
    *("eos", "guix", "popos"),
)

# The name and the release in libosinfo's identifier; the longest release that the guest's begins with counts.
_GUESTS: dict[str, dict[str, Guest]] = {
    "win": {
        "11": _windows("windows11-64", 20, "windows9-64"),
        "10": _windows("windows9-64", 11, "windows8-64"),
        "8": _windows("windows8-64", 8, "windows7-64"),
        "7": _windows("windows7-64", 7, "winvista-64"),
        "vista": _windows("winvista-64"),
        "xp": _windows("winxppro"),
        "2k25": _windows("windows2022srvnext-64", 20, "windows9srv-64"),
        "2k22": _windows("windows2019srvnext-64", 18, "windows9srv-64"),
        "2k19": _windows("windows2019srv-64", 17, "windows9srv-64"),
        "2k16": _windows("windows9srv-64", 11, "windows8srv-64"),
        "2k12": _windows("windows8srv-64", 8, "windows7srv-64"),
        "2k8r2": _windows("windows7srv-64", 7, "longhorn-64"),
        "2k8": _windows("longhorn-64"),
        "2k3": _windows("winnetstandard-64"),
    },
    "rhel": {
        "10": Guest("rhel9-64", 18, "rhel8-64"),
        "9": Guest("rhel9-64", 18, "rhel8-64"),
        "8": Guest("rhel8-64", 14, "rhel7-64"),
        "7": Guest("rhel7-64", 10, "rhel6-64"),
        "6": Guest("rhel6-64", 7, "rhel5-64"),
        "5": Guest("rhel5-64"),
    },
    "centos": {
        "8": Guest("centos8-64", 14, "centos7-64"),
        "7": Guest("centos7-64", 13, "centos-64"),
        "6": Guest("centos6-64", 13, "centos-64"),
        "": Guest("centos-64"),
    },
    "centos-stream": {
        "9": Guest("centos9-64", 18, "centos8-64"),
        "8": Guest("centos8-64", 14, "centos7-64"),
        "": Guest("centos9-64", 18, "centos8-64"),
    },
    "almalinux": {"": Guest("almalinux-64", 20, "rhel8-64")},
    "rocky": {"": Guest("rockylinux-64", 20, "rhel8-64")},
    "ol": {
        "9": Guest("oraclelinux9-64", 18, "oraclelinux-64"),
        "8": Guest("oraclelinux8-64", 14, "oraclelinux-64"),
        "7": Guest("oraclelinux7-64", 13, "oraclelinux-64"),
        "6": Guest("oraclelinux6-64", 13, "oraclelinux-64"),
        "": Guest("oraclelinux-64"),
    },
    "fedora": {"": Guest("fedora-64")},
    "debian": {
        "13": Guest("debian12-64", 20, "debian10-64"),
        "12": Guest("debian12-64", 20, "debian10-64"),
        "11": Guest("debian11-64", 17, "debian10-64"),
        "10": Guest("debian10-64", 13, "debian8-64"),
        "9": Guest("debian9-64", 13, "debian8-64"),
        "8": Guest("debian8-64", 11, "debian7-64"),
        "7": Guest("debian7-64", 10, "debian6-64"),
        "": Guest("debian12-64", 20, "debian10-64"),
    },
    "ubuntu": {"": Guest("ubuntu-64")},
    "sles": {
        "16": Guest("sles16-64", 18, "sles15-64"),
        "15": Guest("sles15-64", 14, "sles12-64"),
        "12": Guest("sles12-64", 10, "sles11-64"),
        "11": Guest("sles11-64", 7, "sles10-64"),
    },
    "opensuse": {"": Guest("opensuse-64")},
    "freebsd": {
        "14": Guest("freebsd14-64", 20, "freebsd-64"),
        "13": Guest("freebsd13-64", 18, "freebsd-64"),
        "12": Guest("freebsd12-64", 14, "freebsd-64"),
        "11": Guest("freebsd11-64", 14, "freebsd-64"),
        "": Guest("freebsd-64"),
    },
    "linux": {
        "2024": Guest("other6xlinux-64", 20, "other5xlinux-64"),
        "2022": Guest("other5xlinux-64", 18, "other4xlinux-64"),
        "2020": Guest("other5xlinux-64", 18, "other4xlinux-64"),
        "2018": Guest("other4xlinux-64", 14, "other3xlinux-64"),
        "2016": Guest("other3xlinux-64", 10, "other26xlinux-64"),
    },
    "solaris": {"11": Guest("solaris11-64"), "": Guest("solaris10-64")},
    "macosx": {"": Guest("darwin-64")},
    "photon": {"": Guest("vmware-photon-64", 13, "other3xlinux-64")},
    **dict.fromkeys(_PLAIN_LINUX, _LINUX),
}
_OTHER = Guest("other-64")
# With ARM there is no product before Fusion's of 2022.
_ARM_SINCE = 20
_ARM_WORDS = ("ubuntu", "debian", "rhel", "fedora", "windows11", "freebsd", "sles15", "opensuse", "photon")


def is_foreign(domain: DomainReader) -> bool:
    """Whether the domain was made for another hypervisor; libvirt's own form of a VMX is left as it is."""
    return domain.element.get("type") != "vmware"


def architecture(domain: DomainReader) -> str:
    """The guest's architecture; libvirt's VMX driver takes a missing one for i686."""
    kind = domain.find("os/type")
    usual = "x86_64" if is_foreign(domain) else "i686"
    return (None if kind is None else kind.get("arch")) or usual


def guest_of(domain: DomainReader) -> Guest:
    """What runs in the domain: as libosinfo's identifier says, else as its processor and features tell."""
    arch = architecture(domain)
    guest = _named(domain) if is_foreign(domain) else _OTHER
    if guest is _OTHER and is_foreign(domain) and _seems_windows(domain):
        guest = _GUESTS["win"]["10"]
    if arch == "aarch64":
        known = guest.word.startswith(_ARM_WORDS)
        return Guest(f"arm-{guest.word if known else 'other-64'}", _ARM_SINCE, windows=guest.windows)
    if arch == "i686":
        return Guest(
            guest.word.removesuffix("-64"), guest.since, guest.before.removesuffix("-64"), guest.windows
        )
    return guest


def _seems_windows(domain: DomainReader) -> bool:
    """Whether it has what only Windows knows to use: Hyper-V's interfaces, or local time under UEFI.

    Without UEFI that clock may be of a Windows as old as its disk controllers, which are then kept.
    """
    clock = domain.find("clock")
    local = clock is not None and clock.get("offset") == "localtime"
    return domain.find("features/hyperv") is not None or (local and starts_by_uefi(domain))


def starts_by_uefi(domain: DomainReader) -> bool:
    """Whether the domain says that it starts by UEFI: libvirt chooses the firmware, or it is named."""
    system, loader = domain.find("os"), domain.find("os/loader")
    if system is None:
        return False
    return system.get("firmware") == "efi" or (loader is not None and loader.get("type") == "pflash")


def _named(domain: DomainReader) -> Guest:
    for name, release in _identifiers(domain):
        family = _GUESTS.get(name, {})
        fitting = [key for key in family if release.startswith(key)]
        if fitting:
            return family[max(fitting, key=len)]
    return _OTHER


def _identifiers(domain: DomainReader) -> Iterator[tuple[str, str]]:
    for element in domain.element.iterfind(f"metadata/{_OSINFO}libosinfo/{_OSINFO}os"):
        match = _VENDORS.fullmatch((element.get("id") or "").lower())
        if match is not None:
            yield match[1], match[2]
