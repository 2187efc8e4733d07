"""Django's SQLite backend (settings ENGINE), extended so that transactions begin in turn."""
