"""The floor: the fewest statements that book two seats safely, by plain psycopg2 on the very same tables.

No rule is checked; no hold, no ledger and no revision is written: no booking service can be faster than this.
"""

import secrets

import psycopg2

from tests.benchmarks.load import Act
from tests.benchmarks.stage import Pair

LOCK = "SELECT id, status, price FROM cinema_showseat WHERE id IN %s ORDER BY id FOR UPDATE"
UPDATE = "UPDATE cinema_showseat SET status = 'BOOKED' WHERE id IN %s"
ORDER = """
    INSERT INTO cinema_order (code, reference, theatre_id, channel, language, currency, status, total, name, email,
                              phone, created_at)
    SELECT %s, %s, theatre_id, 'WEB', 'en', 'INR', 'PAID', %s, 'Asha Rao', 'asha@example.org', '', now()
    FROM cinema_show s JOIN cinema_screen c ON c.id = s.screen_id WHERE s.id = %s RETURNING id"""
TICKET = """
    INSERT INTO cinema_ticket (code, reference, order_id, show_id, hold_id, status, amount, cancel_cutoff,
                               refund_percent, created_at)
    VALUES (%s, %s, %s, %s, %s, 'CONFIRMED', %s, 120, 100, now()) RETURNING id"""
SEATS = """
    INSERT INTO cinema_ticketseat (ticket_id, show_seat_id, price, active)
    VALUES (%s, %s, %s, true), (%s, %s, %s, true) RETURNING id, price"""
LINES = """
    INSERT INTO cinema_orderline (order_id, kind, ticket_seat_id, quantity, unit_price, amount, tax_percent, tax,
                                  reported_price)
    VALUES (%s, 'SEAT', %s, 1, %s, %s, 0, 0, %s), (%s, 'SEAT', %s, 1, %s, %s, 0, 0, %s)"""
PAYMENT = """
    INSERT INTO cinema_payment
        (code, order_id, mode, gateway, amount, currency, status, key, fingerprint, created_at)
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
        cursor.execute(ORDER, (code, code[:8], amount, pair.show_id))
        (order,) = cursor.fetchone()
        cursor.execute(TICKET, (code, code[:8], order, pair.show_id, pair.old_hold, amount))
        (ticket,) = cursor.fetchone()
        cursor.execute(SEATS, (ticket, one, price, ticket, other, other_price))
        lines = [(order, seat, costs, costs, costs) for seat, costs in cursor.fetchall()]
        cursor.execute(LINES, [*lines[0], *lines[1]])
        cursor.execute(PAYMENT, (code, order, amount, code))
        connection.commit()
        return "booked"

    return book
