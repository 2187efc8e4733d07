"""What the distributor is told that seats cost, by ticket type; until now it was the price paid."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0063_payments_without_tickets'),
    ]

    operations = [
        migrations.AddField(
            model_name='ticketseat',
            name='reported',
            field=models.DecimalField(decimal_places=2, editable=False, max_digits=10, null=True),
        ),
        migrations.AddField(
            model_name='ticketseat',
            name='reported_percent',
            field=models.DecimalField(decimal_places=2, editable=False, max_digits=5, null=True),
        ),
        migrations.AddField(
            model_name='tickettype',
            name='reported',
            field=models.CharField(choices=[('PAID', 'the price paid'), ('PLAIN', 'the price of the standard ticket'), ('FIXED', 'a fixed amount')], db_default='PAID', default='PAID', help_text='The price of such a ticket in the distributor’s report, even if it was free. Buyers pay the same, and tickets already sold are reported as before.', max_length=5, verbose_name='reported to the distributor'),
        ),
        migrations.AddField(
            model_name='tickettype',
            name='reported_amount',
            field=models.DecimalField(blank=True, decimal_places=2, help_text='Only if a fixed amount is reported.', max_digits=10, null=True, verbose_name='fixed amount'),
        ),
        migrations.AddConstraint(
            model_name='ticketseat',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reported', None), ('reported_percent', None)), models.Q(('reported__gte', 0), ('reported__isnull', False), ('reported_percent__isnull', False)), _connector='OR'), name='ticket_seat_reported_with_its_tax'),
        ),
        migrations.AddConstraint(
            model_name='tickettype',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reported', 'FIXED'), ('reported_amount__gte', 0), ('reported_amount__isnull', False)), models.Q(models.Q(('reported', 'FIXED'), _negated=True), ('reported_amount', None)), _connector='OR'), name='ticket_type_reported_amount_if_fixed'),
        ),
    ]
