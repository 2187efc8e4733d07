"""UPI codes are shown at tills, and paid at a provider."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0093_day_reports'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='payment',
            name='payment_started_at_a_till',
        ),
        migrations.AlterField(
            model_name='payment',
            name='mode',
            field=models.CharField(choices=[('UPI', 'UPI'), ('CARD', 'Card'), ('NETBANKING', 'Net banking'), ('WALLET', 'Wallet'), ('GIFT_CARD', 'Gift card'), ('VOUCHER', 'Voucher'), ('CASH', 'Cash'), ('TERMINAL', 'Card terminal'), ('INVOICE', 'Invoice'), ('READER', 'Card reader'), ('QR', 'UPI code')], max_length=12, verbose_name='payment mode'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mode__in', ('READER', 'QR')), _negated=True), models.Q(('till_session__isnull', False), models.Q(('gateway', ''), _negated=True)), _connector='OR'), name='payment_started_at_a_till'),
        ),
    ]
