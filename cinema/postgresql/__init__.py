"""Django's PostgreSQL, for a server that may go silent and for a pooler before it: named as ENGINE in the settings."""

# What bounds every session, as PostgreSQL's own settings, in milliseconds.
TIMEOUTS = {"lock_timeout": 5_000, "idle_in_transaction_session_timeout": 30_000}
