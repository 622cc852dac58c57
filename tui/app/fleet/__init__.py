"""What the fleet screen knows of many machines: found, filtered, sorted, grouped, and changed together."""
