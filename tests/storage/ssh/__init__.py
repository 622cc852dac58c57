"""Machines on other hosts: the scripts under busybox, and the whole over an sshd of the test's own."""
