"""Every ticket there is gets an order of its own, with the ticket's key, code, reference and buyer, and a line for each
of its seats.

By a statement a table, in one transaction: an interrupted migration starts again from nothing.
"""

from babel.numbers import get_currency_precision
from django.conf import settings
from django.db import migrations

BUYER = "name, email, phone, user_id, terms_version, terms_accepted_at"
ORDERS = f"""
    INSERT INTO cinema_order (
        id, code, reference, theatre_id, channel, language, currency, status, total, created_at, {BUYER})
    SELECT t.id, t.code, t.reference, c.theatre_id,
           CASE WHEN h.buyer LIKE 'api:%%' THEN 'API' ELSE 'WEB' END, %s,
           COALESCE((SELECT p.currency FROM cinema_payment p WHERE p.ticket_id = t.id ORDER BY p.id LIMIT 1), %s),
           CASE t.status WHEN 'CONFIRMED' THEN 'PAID' WHEN 'PENDING' THEN 'OPEN' ELSE t.status END,
           t.amount, t.created_at, {", ".join(f"t.{name.strip()}" for name in BUYER.split(","))}
    FROM cinema_ticket t
    JOIN cinema_hold h ON h.id = t.hold_id
    JOIN cinema_show s ON s.id = t.show_id
    JOIN cinema_screen c ON c.id = s.screen_id
"""
# The tax contained in a price, rounded half up to the currency's smallest unit, in whole numbers: hundredths of the
# price and of the percentage.
LINES = """
    INSERT INTO cinema_orderline (
        id, order_id, kind, ticket_seat_id, quantity, unit_price, amount, tax_percent, tax, reported_price)
    SELECT id, ticket_id, 'SEAT', id, 1, price, price, tax_percent,
           (2 * hundredths * percent + (10000 + percent) * %s) / (2 * (10000 + percent) * %s) * %s / 100.0, price
    FROM (SELECT id, ticket_id, price, tax_percent, CAST(ROUND(price * 100) AS BIGINT) AS hundredths,
                 CAST(ROUND(tax_percent * 100) AS BIGINT) AS percent
          FROM cinema_ticketseat) AS seats
"""
WORDS = "INSERT INTO cinema_orderword (order_id, theatre_id, word) SELECT ticket_id, theatre_id, word FROM cinema_ticketword"
BEHIND = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), COALESCE(MAX(id), 0) + 1, false) FROM {table}"

BUYERS_BACK = f"UPDATE cinema_ticket SET ({BUYER}) = (SELECT {BUYER} FROM cinema_order o WHERE o.id = order_id)"
WORDS_BACK = """
    INSERT INTO cinema_ticketword (ticket_id, theatre_id, word)
    SELECT t.id, w.theatre_id, w.word FROM cinema_orderword w JOIN cinema_ticket t ON t.order_id = w.order_id
"""


def fill(apps, schema_editor):
    unit = 10 ** max(0, 2 - get_currency_precision(settings.CURRENCY))
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(ORDERS, [settings.LANGUAGE_CODE, settings.CURRENCY])
        cursor.execute('UPDATE cinema_ticket SET order_id = id')
        cursor.execute(LINES, [unit, unit, unit])
        cursor.execute(WORDS)
        if schema_editor.connection.vendor == 'postgresql':
            for table in ('cinema_order', 'cinema_orderline'):
                cursor.execute(BEHIND.format(table=table))


def empty(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(BUYERS_BACK)
        cursor.execute(WORDS_BACK)
        cursor.execute('UPDATE cinema_ticket SET order_id = NULL')
        for table in ('cinema_orderword', 'cinema_orderline', 'cinema_order'):
            cursor.execute(f'DELETE FROM {table}')


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0051_orders'),
    ]

    operations = [
        migrations.RunPython(fill, empty),
    ]
