"""Many machines: found in folders, judged in processes, compared, and changed in bulk."""
