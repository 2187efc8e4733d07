"""The door: answers to scans, lists and counts."""
