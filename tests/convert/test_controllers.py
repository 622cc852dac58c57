"""SCSI controllers of a domain: which is which, and which have no disk."""

from __future__ import annotations

import pytest

from tests.convert.machines import devices, from_xml, keys

DISKS = "".join(
    f"<disk type='file'><source file='/{target}.vmdk'/><target dev='{target}' bus='scsi'/></disk>"
    for target in ("sda", "sdp")
)


@pytest.mark.parametrize(
    ("indices", "expected"),
    [
        ((None, None), ("lsilogic", "pvscsi")),
        ((1, None), ("pvscsi", "lsilogic")),
        ((None, 0), ("pvscsi", "lsilogic")),
    ],
)
def test_a_controller_without_an_index_has_the_first_that_is_free(
    indices: tuple[int | None, int | None], expected: tuple[str, str]
) -> None:
    controllers = [
        f"<controller type='scsi' model='{model}'" + (f" index='{index}'/>" if index is not None else "/>")
        for index, model in zip(indices, ("lsilogic", "vmpvscsi"), strict=True)
    ]
    conversion = from_xml(devices("".join(controllers) + DISKS))
    found = keys(conversion)
    assert (found["scsi0.virtualDev"], found["scsi1.virtualDev"]) == expected
    assert not conversion.losses


def test_a_controller_is_said_to_have_no_disk_where_none_is_put_on_it() -> None:
    """A disk without an address is where its target says."""
    controllers = "".join(f"<controller type='scsi' index='{index}' model='lsilogic'/>" for index in range(3))
    conversion = from_xml(devices(controllers + DISKS))
    assert [one.value for one in conversion.losses] == ["type=scsi index=2 model=lsilogic"]
