"""Controllers that libvirt does not know, or QEMU has not: the domain is not defined, in libvirt's messages.

Those that disks and drives hang on, of x86 machines; how PCI bridges may be plugged together is not judged.
Sources: domain_conf.c, domain_validate.c, qemu_validate.c and qemu_domain.c (measured with libvirt 9.0).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from tui.disks import Configuration, DomainController, LibvirtVersion, Remark
from tui.disks.libvirt import NVME_BUS
from tui.rules.define_numbers import whole
from tui.rules.define_places import OWN_USB, chipset, hubs_nowhere

_TYPES = ("ide", "fdc", "scsi", "sata", "virtio-serial", "ccid", "usb", "pci", "xenbus", "isa", "nvme")
# Models by type, in libvirt 12.5.
_MODELS = {
    "scsi": (
        *("auto", "buslogic", "lsilogic", "lsisas1068", "vmpvscsi", "ibmvscsi", "virtio-scsi", "lsisas1078"),
        *("virtio-transitional", "virtio-non-transitional", "ncr53c90", "dc390", "am53c974"),
    ),
    "usb": (
        *("piix3-uhci", "piix4-uhci", "ehci", "ich9-ehci1", "ich9-uhci1", "ich9-uhci2", "ich9-uhci3"),
        *("vt82c686b-uhci", "pci-ohci", "nec-xhci", "qusb1", "qusb2", "qemu-xhci", "none"),
    ),
    "ide": (),
    "fdc": (),
    "sata": (),
}
_VIRTIO = ("virtio-scsi", "virtio-transitional", "virtio-non-transitional")
_MOST_INT = 2**31 - 1
_ROOTS = {"pc": "pci-root", "q35": "pcie-root"}
_XHCI, _XHCI_PORTS = ("nec-xhci", "qemu-xhci"), 15
# Halves of a USB 2.0 controller, which share the other half's number.
_COMPANIONS = ("ich9-uhci1", "ich9-uhci2", "ich9-uhci3")
# Numbers and switches of a SCSI controller's driver.
_NUMBERS = ("queues", "cmd_per_lun", "max_sectors", "iothread")
_SWITCHES = ("ioeventfd", "iommu", "ats", "packed", "page_per_vq")
_OF_VIRTIO = (*_NUMBERS[:3], "ioeventfd")


def unfit_controllers(configuration: Configuration) -> Iterable[Remark]:
    """The first thing that define refuses of a domain's controllers."""
    message = next(_unfit(configuration), None) if configuration.attached.controllers else None
    message = message or next(hubs_nowhere(configuration), None)
    return () if message is None else (Remark(f'"{message}"'),)


def _unfit(configuration: Configuration) -> Iterator[str]:
    if chipset(configuration) not in OWN_USB:
        return
    for one in configuration.attached.controllers:
        yield from _words_of(one, configuration.libvirt)
        if one.type == "ide":
            yield from _of_ide(one, configuration)
        elif one.type == "scsi":
            yield from _of_scsi(one, configuration)
        elif one.type == "usb":
            yield from _of_usb(one)
        elif one.type == "pci":
            yield from _of_pci(one, _ROOTS[chipset(configuration)])
    yield from _twice(configuration.attached.controllers)


def _words_of(one: DomainController, libvirt: LibvirtVersion) -> Iterator[str]:
    late = one.type == "nvme" and libvirt < NVME_BUS
    if one.type not in _TYPES or late:
        yield f"Invalid value for attribute 'type' in element 'controller': '{one.type}'."
    models = _MODELS.get(one.type)
    if models is not None and one.model is not None and one.model not in models:
        yield f"Unknown model type '{one.model}'"
    for name, word in (("index", one.number), ("ports", one.ports)):
        if word is not None and whole(word, _MOST_INT) is None:
            negative = word.startswith("-") and whole(word[1:], _MOST_INT) is not None
            wanted = "non-negative" if negative else "integer"
            start = f"Invalid value for attribute '{name}' in element 'controller': '{word}'."
            yield f"{start} Expected {wanted} value"


def _of_ide(one: DomainController, configuration: Configuration) -> Iterator[str]:
    if chipset(configuration) == "q35":
        yield "IDE controllers are unsupported for this QEMU binary or machine type"
    elif whole(one.number or "0"):
        yield "Only a single IDE controller is supported for this machine type"


def _of_scsi(one: DomainController, configuration: Configuration) -> Iterator[str]:
    if one.model == "buslogic":
        yield "Unsupported controller model: buslogic"
    elif one.model == "ncr53c90":
        yield "ncr53c90 SCSI controller is not a built-in for this machine"
    yield from _words_of_driver(one.driver or {})
    yield from _driver_of(one, configuration)


def _words_of_driver(driver: Mapping[str, str]) -> Iterator[str]:
    start = "Invalid value for attribute '{}' in element 'driver': '{}'."
    for name in _NUMBERS:
        if name in driver and whole(driver[name]) is None:
            yield f"{start.format(name, driver[name])} Expected non-negative integer value"
    for name in _SWITCHES:
        if driver.get(name, "on") not in ("on", "off"):
            yield start.format(name, driver[name])


def _driver_of(one: DomainController, configuration: Configuration) -> Iterator[str]:
    driver = one.driver or {}
    thread = whole(driver.get("iothread", "0")) or 0
    if one.model in _VIRTIO:
        if thread and not configuration.attached.has_iothread(thread):
            yield f"controller iothread '{thread}' not defined in iothreadid"
        return
    if thread:
        yield "'iothread' attribute only supported for virtio scsi controllers"
    for name in _OF_VIRTIO:
        if driver.get(name, "").strip("0"):
            yield f"'{name}' is only supported by virtio-scsi controller"


def _of_pci(one: DomainController, root: str) -> Iterator[str]:
    number = one.number or ("0" if one.model in _ROOTS.values() else "1")  # a root is the first by itself
    if one.model != root and whole(number) == 0 and one.model is not None:
        yield (
            f"The PCI controller with index='0' must be model='{root}' for this machine type, "
            f"but model='{one.model}' was found instead"
        )


def _of_usb(one: DomainController) -> Iterator[str]:
    if one.model in ("qusb1", "qusb2"):
        yield "USB controller model type 'qusb1' or 'qusb2' is not supported in qemu"
    elif one.model in _XHCI and (whole(one.ports or "0") or 0) > _XHCI_PORTS:
        yield f"'{one.model}' controller only supports up to '{_XHCI_PORTS}' ports"


def _twice(controllers: tuple[DomainController, ...]) -> Iterator[str]:
    """Two of one type and number, and half a USB 2.0 controller without the other."""
    usb = [one for one in controllers if one.type == "usb"]
    masters = {whole(one.number or "0") for one in usb if one.model not in _COMPANIONS}
    if any(one.model in _COMPANIONS and whole(one.number or "0") not in masters for one in usb):
        yield "No master USB controller specified"
    if len(usb) > 1 and any(one.model == "none" for one in usb):
        yield "Can't add another USB controller: USB is disabled for this domain"
    numbered = Counter(
        (one.type, whole(one.number))
        for one in controllers
        if one.number is not None and one.model not in _COMPANIONS
    )
    for (kind, number), count in numbered.items():
        if count > 1 and number is not None:
            yield f"Multiple '{kind}' controllers with index '{number}'"
