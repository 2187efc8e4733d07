"""Payments are taken, and refunds paid out, at tills."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0077_voucher_batches_are_issued_once'),
    ]

    operations = [
        migrations.AddField(
            model_name='payment',
            name='taken_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken by'),
        ),
        migrations.AddField(
            model_name='payment',
            name='tendered',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True, verbose_name='handed over'),
        ),
        migrations.AddField(
            model_name='payment',
            name='till_session',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='cinema.tillsession'),
        ),
        migrations.AddField(
            model_name='refund',
            name='paid_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='paid out by'),
        ),
        migrations.AddField(
            model_name='refund',
            name='till_session',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='cinema.tillsession'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='mode',
            field=models.CharField(choices=[('UPI', 'UPI'), ('CARD', 'Card'), ('NETBANKING', 'Net banking'), ('WALLET', 'Wallet'), ('GIFT_CARD', 'Gift card'), ('VOUCHER', 'Voucher'), ('CASH', 'Cash'), ('TERMINAL', 'Card terminal')], max_length=12, verbose_name='payment mode'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='reason',
            field=models.CharField(choices=[('CANCELLED', 'ticket cancelled'), ('SHOW_CANCELLED', 'show cancelled'), ('SHOW_STARTED', 'the payment arrived after the show had started'), ('SEATS_GONE', 'the seats were gone when the payment arrived'), ('PRICE_ROSE', 'the seats cost more when the payment arrived'), ('CARD_SPENT', 'the gift card had been spent when the payment arrived'), ('VOUCHER_USED', 'the voucher had been used when the payment arrived'), ('PAID_TWICE', 'paid twice'), ('SEATS_RETURNED', 'seats refunded'), ('GOODWILL', 'goodwill'), ('AT_PROVIDER', 'made at the provider'), ('VOIDED', 'the sale was not finished')], max_length=14, verbose_name='reason'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('till_session__isnull', False)), fields=['till_session'], name='payment_by_till_session'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mode__in', ('CASH', 'TERMINAL')), _negated=True), models.Q(('gateway', ''), ('till_session__isnull', False)), _connector='OR'), name='payment_at_a_till'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('tendered', None), models.Q(('mode', 'CASH'), ('tendered__gte', models.F('amount'))), _connector='OR'), name='payment_tendered_in_cash'),
        ),
    ]
