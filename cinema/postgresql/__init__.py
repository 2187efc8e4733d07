"""Django's PostgreSQL, for a server that may go silent: named as ENGINE in the settings."""
