"""Every payment there is is for the order of its ticket, and every refund for the ticket whose money it returns.

By a statement a table, in one transaction: an interrupted migration starts again from nothing.
"""

from django.db import migrations

UNPAID = "('PENDING', 'REPLACED', 'FAILED')"
PAYMENTS = """
    UPDATE cinema_payment
    SET order_id = (SELECT t.order_id FROM cinema_ticket t WHERE t.id = cinema_payment.ticket_id)
"""
# Money for a ticket that had been paid before was none of the ticket's: its refund is for the payment alone.
REFUNDS = f"""
    UPDATE cinema_refund SET ticket_id = (
        SELECT p.ticket_id FROM cinema_payment p WHERE p.id = cinema_refund.payment_id AND NOT EXISTS (
            SELECT 1 FROM cinema_payment e JOIN cinema_ticket t ON t.id = e.ticket_id
            WHERE e.ticket_id = p.ticket_id AND e.id <> p.id AND e.status NOT IN {UNPAID}
                AND t.confirmed_at IS NOT NULL
                AND (e.settled_at < p.settled_at OR (e.settled_at = p.settled_at AND e.id < p.id))))
"""
KEPT = """
    UPDATE cinema_ticket SET kept = ROUND(amount - COALESCE(
        (SELECT SUM(r.amount) FROM cinema_refund r WHERE r.ticket_id = cinema_ticket.id), 0), 2)
    WHERE confirmed_at IS NOT NULL
"""
# Backwards, a payment is for the first ticket of its order: there are no others yet.
PAYMENTS_BACK = """
    UPDATE cinema_payment
    SET ticket_id = (SELECT MIN(t.id) FROM cinema_ticket t WHERE t.order_id = cinema_payment.order_id)
"""


def fill(apps, schema_editor):
    for statement in (PAYMENTS, REFUNDS, KEPT):
        schema_editor.execute(statement)


def back(apps, schema_editor):
    schema_editor.execute(PAYMENTS_BACK)


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0061_payments_of_orders'),
    ]

    operations = [
        migrations.RunPython(fill, back),
    ]
