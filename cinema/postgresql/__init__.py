"""Django's PostgreSQL backend (settings ENGINE), extended for servers that stop responding and for poolers."""

# Timeouts of every session: PostgreSQL settings, in milliseconds.
TIMEOUTS = {"lock_timeout": 5_000, "idle_in_transaction_session_timeout": 30_000}
