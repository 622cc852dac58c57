"""Domains that libvirt keeps: real virsh, on its test driver and on one that writes down what it is given."""
