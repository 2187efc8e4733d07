"""A seat on a ticket keeps the tax it was sold under, and what it counts for when the order is priced again."""

from django.db import migrations, models

SOLD_UNDER = """
    UPDATE cinema_ticketseat SET tax_percent = (
        SELECT theatre.tax_percent
        FROM cinema_ticket ticket
        JOIN cinema_show show ON show.id = ticket.show_id
        JOIN cinema_screen screen ON screen.id = show.screen_id
        JOIN cinema_theatre theatre ON theatre.id = screen.theatre_id
        WHERE ticket.id = cinema_ticketseat.ticket_id
    )
    WHERE EXISTS (SELECT 1 FROM cinema_theatre WHERE tax_percent <> 0)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0017_ticket_type_rules'),
    ]

    operations = [
        migrations.AddField(
            model_name='ticketseat',
            name='repriced',
            field=models.DecimalField(decimal_places=2, editable=False, max_digits=10, null=True),
        ),
        migrations.AddField(
            model_name='ticketseat',
            name='tax_percent',
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, editable=False, max_digits=5),
        ),
        migrations.RunSQL(SOLD_UNDER, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='ticketseat',
            constraint=models.CheckConstraint(condition=models.Q(('repriced', None), ('repriced__gte', 0), _connector='OR'), name='ticket_seat_repriced_not_negative'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='reason',
            field=models.CharField(choices=[('CANCELLED', 'ticket cancelled'), ('SHOW_CANCELLED', 'show cancelled'), ('SHOW_STARTED', 'payment came after the show had started'), ('SEATS_GONE', 'seats were gone when the payment came'), ('PRICE_ROSE', 'the seats cost more when the payment came'), ('PAID_TWICE', 'already paid'), ('SEATS_RETURNED', 'some seats given back'), ('GOODWILL', 'goodwill')], max_length=14, verbose_name='reason'),
        ),
    ]
