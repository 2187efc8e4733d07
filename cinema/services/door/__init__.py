"""The door: scanning tickets, and who is inside."""
