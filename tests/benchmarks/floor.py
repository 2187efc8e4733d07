"""The floor: the fewest statements that book two seats safely, by plain psycopg2 on the very same tables.

No rule is checked; no hold, no ledger and no revision is written: no booking service can be faster than this.
"""

import secrets

import psycopg2

from tests.benchmarks.load import Act
from tests.benchmarks.stage import Pair

LOCK = "SELECT id, status, price FROM cinema_showseat WHERE id IN %s ORDER BY id FOR UPDATE"
UPDATE = "UPDATE cinema_showseat SET status = 'BOOKED' WHERE id IN %s"
TICKET = """
    INSERT INTO cinema_ticket (code, reference, show_id, hold_id, name, email, phone, status, amount,
                               cancel_cutoff, refund_percent, created_at)
    VALUES (%s, %s, %s, %s, 'Asha Rao', 'asha@example.org', '', 'CONFIRMED', %s, 120, 100, now()) RETURNING id"""
SEATS = """
    INSERT INTO cinema_ticketseat (ticket_id, show_seat_id, price, active)
    VALUES (%s, %s, %s, true), (%s, %s, %s, true)"""
PAYMENT = """
    INSERT INTO cinema_payment
        (code, ticket_id, mode, gateway, amount, currency, status, key, fingerprint, created_at)
    VALUES (%s, %s, 'UPI', 'none', %s, 'INR', 'PENDING', %s, '', now())"""


def client(url: str) -> Act:
    """Book over one connection, as fast as possible. Each ticket gets an old hold, since it must have one."""
    connection = psycopg2.connect(url)
    cursor = connection.cursor()

    def book(pair: Pair) -> str:
        cursor.execute(LOCK, (pair.seats,))
        (one, state, price), (other, other_state, other_price) = cursor.fetchall()
        if {state, other_state} != {"AVAILABLE"}:
            connection.rollback()
            return "refused"
        cursor.execute(UPDATE, (pair.seats,))
        code, amount = secrets.token_urlsafe(16), price + other_price
        cursor.execute(TICKET, (code, code[:8], pair.show_id, pair.old_hold, amount))
        (ticket,) = cursor.fetchone()
        cursor.execute(SEATS, (ticket, one, price, ticket, other, other_price))
        cursor.execute(PAYMENT, (code, ticket, amount, code))
        connection.commit()
        return "booked"

    return book
