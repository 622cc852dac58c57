"""Processors: how many, their topology, shares and affinity.

Source: libvirt's VMX driver; the vSphere API's SharesInfo for what low, normal and high mean.
"""

from __future__ import annotations

import re

from tui.convert.domain_reader import DomainReader
from tui.convert.vmx_reader import VmxReader
from tui.convert.vmx_writer import VmxWriter
from tui.convert.xml_writer import XmlWriter

# vim.SharesInfo.Level: shares of one virtual processor.
_SHARES = {"low": 500, "normal": 1000, "high": 2000}
_MOST_PROCESSORS = 1024
_MOST_HOST_PROCESSORS = 16384
_MOST_SHARES = (1 << 32) - 1
# What libvirt defines beside 0 (VIR_CGROUP_CPU_SHARES_MIN and _MAX); its VMX reader writes any number.
_DEFINED_SHARES = range(2, 262145)
_LONGEST_LIST = 8192
_RANGE = re.compile(r"\s*(\d{1,5})\s*(?:-\s*(\d{1,5})\s*)?", re.ASCII)
_EXCEPTION = re.compile(r"\s*\^(\d{1,5})\s*", re.ASCII)


def host_processors(text: str) -> set[int] | None:
    """The numbers in ``0,3-5`` (``^4`` takes one out, as in a domain XML); None where it is no such list."""
    numbers: set[int] = set()
    if len(text) > _LONGEST_LIST:
        return None
    for part in text.split(","):
        exception = _EXCEPTION.fullmatch(part)
        if exception is not None:
            numbers.discard(int(exception[1]))
            continue
        match = _RANGE.fullmatch(part)
        if match is None:
            return None
        first, last = int(match[1]), int(match[2] or match[1])
        if not first <= last < _MOST_HOST_PROCESSORS:
            return None
        numbers.update(range(first, last + 1))
    return numbers


def as_ranges(numbers: set[int]) -> str:
    """A set of processors as libvirt writes it: ``0-2,5``."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


# VMX to domain XML


def write_processors(vm: VmxReader, out: XmlWriter) -> int:
    """``numvcpus`` [1], ``sched.cpu.affinity`` [all] and ``sched.cpu.shares``; gives how many there are."""
    count = count_of(vm)
    out.text("vcpu", count, {"placement": "static", "cpuset": _affinity(vm, count)})
    shares = _shares(vm, count)
    if shares is not None:
        out.open("cputune")
        out.text("shares", shares)
        out.close()
    return count


def count_of(vm: VmxReader) -> int:
    """How many processors the VM has: ``numvcpus``, 1 where it is left out or out of bounds."""
    return vm.number("numvcpus", 1, _MOST_PROCESSORS) or 1


def _affinity(vm: VmxReader, count: int) -> str | None:
    key = "sched.cpu.affinity"
    word = vm.word(key)
    if word in ("", "all"):
        return None
    numbers = host_processors(word)
    if numbers is None:
        vm.lose(key, "it is no list of processor numbers", "error")
        return None
    if len(numbers) < count:
        vm.lose(key, f"VMware wants at least as many processors here as numvcpus says ({count})", "warning")
    return as_ranges(numbers) or None


def _shares(vm: VmxReader, count: int) -> int | None:
    key = "sched.cpu.shares"
    word = vm.word(key)
    shares = _SHARES[word] * count if word in _SHARES else vm.number(key, 0, _MOST_SHARES)
    if shares and shares not in _DEFINED_SHARES:
        vm.stop(key, f"libvirt takes {_DEFINED_SHARES[0]} to {_DEFINED_SHARES[-1]} shares only, not {shares}")
    return shares


def write_topology(vm: VmxReader, out: XmlWriter, count: int) -> None:
    """``cpuid.coresPerSocket`` [1]."""
    cores = cores_of(vm, count)
    if cores is None or cores == 1:
        return
    topology = {"sockets": count // cores, "dies": 1, "clusters": 1, "cores": cores, "threads": 1}
    out.open("cpu")
    out.empty("topology", topology)
    out.close()


def cores_of(vm: VmxReader, count: int) -> int | None:
    """``cpuid.coresPerSocket`` [1]; None where ``count`` processors do not fill such sockets."""
    key = "cpuid.coresPerSocket"
    cores = vm.number(key, 1, _MOST_PROCESSORS) or 1
    if count % cores:
        vm.lose(key, f"{count} processors do not fill sockets of {cores} cores", "error")
        return None
    return cores


# Domain XML to VMX


def format_processors(domain: DomainReader, out: VmxWriter) -> None:
    """All processors a domain may have, with their topology, affinity and shares."""
    element = domain.find("vcpu")
    count = 1
    if element is not None:
        count = domain.number(element, (element.text or "").strip() or "1", 1, _MOST_PROCESSORS) or 1
        current = element.get("current")
        if current is not None and current.strip() != str(count):
            domain.lose_attribute(element, "current", f"all {count} processors are there from the start")
    out.key("numvcpus", count)
    _format_topology(domain, out, count)
    _format_affinity(domain, out, count)
    _format_shares(domain, out, count)


def _format_topology(domain: DomainReader, out: VmxWriter, count: int) -> None:
    element = domain.find("cpu/topology")
    if element is None:
        return
    sizes: dict[str, int] = {}
    for name in ("sockets", "dies", "clusters", "cores", "threads"):
        size = domain.number(element, element.get(name, "1"), 1, _MOST_PROCESSORS)
        if size is None:
            return
        sizes[name] = size
    per_socket = sizes["dies"] * sizes["clusters"] * sizes["cores"] * sizes["threads"]
    if sizes["sockets"] * per_socket != count:
        domain.lose(element, f"it does not make {count} processors", "error")
        return
    if sizes["cores"] != per_socket:
        domain.lose(element, "a VMX knows sockets and cores only: dies, clusters and threads become cores")
    out.key("cpuid.coresPerSocket", per_socket)


def _format_affinity(domain: DomainReader, out: VmxWriter, count: int) -> None:
    element = domain.find("vcpu")
    text = None if element is None else element.get("cpuset")
    if element is None or not text:
        return
    numbers = host_processors(text)
    if numbers is None:
        domain.lose_attribute(element, "cpuset", "it is no list of processor numbers", "error")
        return
    if len(numbers) < count:
        domain.lose_attribute(element, "cpuset", f"VMware wants at least {count} of them here", "warning")
    if numbers:
        out.key("sched.cpu.affinity", ",".join(map(str, sorted(numbers))))


def _format_shares(domain: DomainReader, out: VmxWriter, count: int) -> None:
    element = domain.find("cputune/shares")
    if element is None:
        return
    shares = domain.number(element, (element.text or "").strip(), 0, _MOST_SHARES)
    if shares is not None:
        word = next((word for word, each in _SHARES.items() if each * count == shares), str(shares))
        out.key("sched.cpu.shares", word)
