"""Tills have card readers, and payments are started at tills that a provider takes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0087_receipt_lines_by_rate'),
    ]

    operations = [
        migrations.AddField(
            model_name='till',
            name='reader',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=255),
        ),
        migrations.AddField(
            model_name='till',
            name='reader_name',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='card reader'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='mode',
            field=models.CharField(choices=[('UPI', 'UPI'), ('CARD', 'Card'), ('NETBANKING', 'Net banking'), ('WALLET', 'Wallet'), ('GIFT_CARD', 'Gift card'), ('VOUCHER', 'Voucher'), ('CASH', 'Cash'), ('TERMINAL', 'Card terminal'), ('READER', 'Card reader')], max_length=12, verbose_name='payment mode'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mode__in', ('READER',)), _negated=True), models.Q(('till_session__isnull', False), models.Q(('gateway', ''), _negated=True)), _connector='OR'), name='payment_started_at_a_till'),
        ),
    ]
