"""Reports of providers that do not fit: payments made again, refunds of other amounts, impossible disputes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0053_buyers_of_orders'),
    ]

    operations = [
        migrations.AlterField(
            model_name='paymentincident',
            name='kind',
            field=models.CharField(choices=[('MISMATCH', 'another amount or currency than asked for was paid'), ('PAID_AGAIN', 'the same payment was made a second time'), ('OVER_REFUND', 'more was refunded at the provider than was paid'), ('OTHER_REFUND', 'another amount or currency than ordered was refunded'), ('DISPUTE', 'a dispute in another currency, or of an impossible amount')], max_length=12, verbose_name='kind'),
        ),
    ]
