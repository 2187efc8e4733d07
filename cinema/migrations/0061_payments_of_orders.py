"""A payment is for an order, a refund for a ticket, and a ticket says how much money is kept for it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0060_taxes_are_rules'),
    ]

    operations = [
        migrations.AlterField(  # so that, backwards, the column comes back empty before it is filled
            model_name='payment',
            name='ticket',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='cinema.ticket'),
        ),
        migrations.AddField(
            model_name='payment',
            name='order',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='cinema.order'),
        ),
        migrations.AddField(
            model_name='refund',
            name='ticket',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='cinema.ticket'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='kept',
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, editable=False, max_digits=10, verbose_name='kept'),
        ),
    ]
