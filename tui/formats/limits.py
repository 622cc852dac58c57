"""How large a document may be. All are many times what any hypervisor takes or any product writes."""

# Every line costs memory many times its bytes.
MAX_LINES = 500_000
# ESXi takes 512, libvirt a few thousand.
MAX_DISKS = 20_000
MAX_ELEMENTS = 1_000_000
MAX_DEPTH = 200
# Of one kind in one file: more would not be read, and would take longer than reading the file.
MAX_REMARKS = 1_000
# lxml takes the square of their number to list them.
MAX_ATTRIBUTES = 1_000
