"""The Textual face: screens, widgets and styles. It decides nothing about disks."""
