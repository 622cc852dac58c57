"""Domains that libvirt keeps, read and defined by its own virsh."""
