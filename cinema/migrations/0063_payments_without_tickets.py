"""What a payment is for is known by its order alone, and every payment has one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0062_orders_of_payments'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='payment',
            name='payment_one_pending_per_ticket',
        ),
        migrations.RemoveField(
            model_name='payment',
            name='ticket',
        ),
        migrations.AlterField(
            model_name='payment',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='cinema.order'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'PENDING')), fields=('order',), name='payment_one_pending_per_order'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('kept__gte', 0), ('kept__lte', models.F('amount'))), name='ticket_keeps_what_it_costs'),
        ),
    ]
