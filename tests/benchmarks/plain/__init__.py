"""A plain booking in Django REST framework, as many projects have it: what the cinema's own is compared with.

Its own tables, one request: lock the seats, see that they are free, write the booking, its seats and a payment, commit.
It knows no hold, ledger, limit, price card or idempotency key, and keeps its database connections, which is fair.
"""
