"""Payments and refunds are compared with those that the provider lists."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0054_more_kinds_of_incidents'),
    ]

    operations = [
        migrations.AddField(
            model_name='sandboxcharge',
            name='changed_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AlterField(
            model_name='paymentincident',
            name='kind',
            field=models.CharField(choices=[('MISMATCH', 'another amount or currency than asked for was paid'), ('PAID_AGAIN', 'the same payment was made a second time'), ('OVER_REFUND', 'more was refunded at the provider than was paid'), ('OTHER_REFUND', 'another amount or currency than ordered was refunded'), ('DISPUTE', 'a dispute in another currency, or of an impossible amount'), ('EXTRA_REFUND', 'the same refund was made a second time'), ('NOT_PAID', 'counted as paid here, but not at the provider'), ('NOT_REFUNDED', 'counted as refunded here, but not at the provider')], max_length=12, verbose_name='kind'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['gateway', 'created_at'], name='payment_by_gateway_and_age'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('status', 'DONE')), fields=['created_at'], name='refund_done'),
        ),
    ]
