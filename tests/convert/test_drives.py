"""CD-ROM and floppy drives of a domain: empty ones, and words on a policy they do not have."""

from __future__ import annotations

import pytest

from tests.convert.machines import devices, from_xml, keys, new_keys


@pytest.mark.parametrize("kind", ["file", "block", "network", "volume"])
def test_a_cdrom_drive_without_a_source_is_empty_whatever_its_type(kind: str) -> None:
    """libvirt's parser makes every disk without ``<source>`` one of type file."""
    conversion = from_xml(devices(f"<disk type='{kind}' device='cdrom'><target dev='hda' bus='ide'/></disk>"))
    assert new_keys(conversion) == {
        "ide0:0.present": "true",
        "ide0:0.deviceType": "cdrom-image",
        "ide0:0.fileName": "emptyBackingString",
    }
    assert not conversion.losses


@pytest.mark.parametrize("kind", ["file", "block"])
def test_a_floppy_drive_without_a_source_is_one_for_images(kind: str) -> None:
    conversion = from_xml(
        devices(f"<disk type='{kind}' device='floppy'><target dev='fda' bus='fdc'/></disk>")
    )
    assert new_keys(conversion) == {"floppy0.present": "true", "floppy0.fileType": "file"}


@pytest.mark.parametrize("device", ["cdrom", "floppy"])
@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("snapshot='internal'", "@snapshot"),
        ("snapshot='no'", None),
        ("persistent='no'", "@persistent"),
        ("persistent='yes'", None),
        ("snapshot_mode='independent-persistent'", "@snapshot_mode"),
        ("<transient/>", "transient"),
        ("<nosnapshot/>", "nosnapshot"),
        ("<nonpersistent/>", "nonpersistent"),
        ("<shareable/>", "shareable"),
    ],
)
def test_a_word_on_the_policy_of_a_drive_is_not_lost_unsaid(device: str, word: str, key: str | None) -> None:
    attribute, inner = ("", word) if word.startswith("<") else (word, "")
    target = "dev='fda' bus='fdc'" if device == "floppy" else "dev='hda' bus='ide'"
    head = f"<disk type='file' device='{device}' {attribute}>"
    conversion = from_xml(devices(f"{head}<source file='[ds] a.img'/><target {target}/>{inner}</disk>"))
    assert [one.key for one in conversion.losses] == ([] if key is None else [f"devices/disk/{key}"])
    assert not any(name.endswith((".mode", ".sharing")) for name in keys(conversion))
