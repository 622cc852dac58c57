"""What the menus offer: each choice with its reason, where it cannot be taken."""

from __future__ import annotations

from tui.app.dialogs.questions import Choice
from tui.app.editor.disk_rows import is_of_libvirt
from tui.disks import MODES, Format, Mode, Preset, Spelling
from tui.editing import Done, Editing, PolicyChange, Refusal
from tui.machine import Machine
from tui.rules import Hypervisor

_PRESET = "preset:"
_NO_PRESET = "default"
_OWN = "own"
_GUESSED = "guessed"
_AS_LIBVIRT = "libvirt"
_FOR_KVM = "kvm"

_PRESETS = {
    None: ("none", "libvirt decides at each snapshot: internal for qcow2, external with --disk-only"),
    Preset.INTERNAL: ("internal", "the snapshot is kept inside the disk's own qcow2 file"),
    Preset.EXTERNAL: ("external", "the snapshot is kept in an overlay file of its own"),
    Preset.MANUAL: ("manual", "left to you: libvirt pauses the VM, and other means take its snapshot"),
    Preset.NO: ("no", "the disk takes no part in snapshots"),
}
_SPELLINGS = {
    "libvirt": "snapshot='no' and <transient/>: libvirt's own, the only one its schema takes",
    "attributes": "snapshot= and persistent= with yes or no: the proposal's first form",
    "elements": "<nosnapshot/> and <nonpersistent/>: its second form, the names are diskmode's",
    "vmx-mode": "snapshot_mode= with VMX's own word: the patch the proposal answers",
}


def mode_choices(editing: Editing, selected: int) -> tuple[str, list[Choice]]:
    """All six modes, and for a domain the presets; the impossible ones with their reason."""
    targets = editing.targets(selected)
    disk = editing.disks[targets[0]]
    choices = [
        Choice(
            mode.value,
            mode.value,
            f"{facts.label}. {facts.effect}",
            _reason(editing.refusal_of(PolicyChange(mode=mode), selected)),
            current=disk.is_disk and disk.mode is mode,
        )
        for mode, facts in MODES.items()
    ]
    if editing.machine.configuration.format is Format.DOMAIN_XML:
        presets = [_preset_choice(editing, preset, selected) for preset in _PRESETS]
        heading = Choice("libvirt preset (snapshot=)", "", heading=True)
        if is_of_libvirt(editing.machine):  # its own words first, and of these the one it has
            modes = [one._replace(current=False) for one in choices]
            choices = [heading, *presets, Choice("by VMware's names", "", heading=True), *modes]
        else:
            choices += [heading, *(one._replace(current=False) for one in presets)]
    title = f"Mode of {disk.name}" if len(targets) == 1 else f"Mode of {len(targets)} disks"
    return title, choices


def _preset_choice(editing: Editing, preset: Preset | None, selected: int) -> Choice:
    label, detail = _PRESETS[preset]
    refusal = editing.refusal_of(PolicyChange(preset=preset, no_preset=preset is None), selected)
    disk = editing.disks[editing.targets(selected)[0]]
    current = disk.is_disk and disk.preset is preset and disk.bad_preset is None
    return Choice(label, _PRESET + (preset or _NO_PRESET), detail, _reason(refusal), current=current)


def _reason(refusal: Refusal | None) -> str | None:
    """Why a choice cannot be taken; one that a person may insist on can, and is asked about then."""
    return None if refusal is None or refusal.override else refusal.reason


def choose_mode(editing: Editing, value: str, selected: int) -> Done | Refusal:
    """Do what a choice of the mode menu stands for."""
    if not value.startswith(_PRESET):
        return editing.set_mode(Mode(value), selected)
    word = value.removeprefix(_PRESET)
    return editing.set_preset(None if word == _NO_PRESET else Preset(word), selected)


def hypervisor_choices(machine: Machine) -> tuple[str, list[Choice]]:
    """The hypervisors, and the guess with what it was told by."""
    guess = machine.guess
    choices = [
        Choice("guess", _GUESSED, f"{guess.hypervisor.label}: {guess.reason}", current=machine.chosen is None)
    ]
    choices += [Choice(one.label, one.value, current=machine.chosen is one) for one in Hypervisor]
    return "Whose rules apply?", choices


def hypervisor_of(value: str) -> Hypervisor | None:
    """What a choice of hypervisor stands for."""
    return None if value == _GUESSED else Hypervisor(value)


def spelling_choices(machine: Machine) -> tuple[str, list[Choice]]:
    """The spellings, and keeping each disk's own."""
    choices = [
        Choice(
            "as written",
            _OWN,
            "each disk keeps its own; a new word is libvirt's",
            current=machine.spelling is None,
        )
    ]
    chosen = machine.spelling and machine.spelling.value
    choices += [Choice(name, name, detail, current=name == chosen) for name, detail in _SPELLINGS.items()]
    return "How is the policy spelt in domain XML?", choices


def spelling_of(value: str) -> Spelling | None:
    """What a choice of spelling stands for."""
    return None if value == _OWN else Spelling(value)


def spelling_message(value: str) -> str:
    """What a choice of spelling means for the edits to come."""
    if value == _OWN:
        return "Each disk keeps its own spelling; what is new is spelt as libvirt does."
    return f"From now on a policy is spelt in domain XML as: {value}."


def export_choices(machine: Machine) -> tuple[str, list[Choice]]:
    """What a domain made of a VMX can be for; the cursor is on what was chosen before, else on QEMU/KVM."""
    as_libvirt = machine.options is not None and not machine.is_for_kvm
    choices = [
        Choice(
            "for QEMU/KVM",
            _FOR_KVM,
            "a domain that QEMU starts; disks, networks: diskmode convert --for qemu",
            current=not as_libvirt,
        ),
        Choice(
            "as libvirt writes it",
            _AS_LIBVIRT,
            "what its VMware drivers make of the file, type='vmware'",
            current=as_libvirt,
        ),
    ]
    return "Export domain XML", choices


def is_for_kvm(value: str) -> bool:
    """Whether a choice of export stands for a domain of QEMU/KVM."""
    return value == _FOR_KVM


def export_message(value: str) -> str:
    """What a choice of export means for the preview."""
    return f"The domain XML shown is the one {'for QEMU/KVM' if is_for_kvm(value) else 'libvirt writes'}."
