"""Machines on other hosts, reached by the system's own OpenSSH: nothing is installed or left there."""
