"""Payouts and fees of providers. Backwards SQLite builds the table of the money ledger anew, without its triggers."""

from importlib import import_module

import cinema.models.orders
import django.db.models.deletion
from django.db import migrations, models


def let_nobody_alter(apps, schema_editor):
    if schema_editor.connection.vendor == 'sqlite':
        import_module('cinema.migrations.0056_money_ledger').let_nobody_alter(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0066_entries_of_old_payments'),
    ]

    operations = [
        migrations.AlterField(
            model_name='paymentincident',
            name='kind',
            field=models.CharField(choices=[('MISMATCH', 'another amount or currency than asked for was paid'), ('PAID_AGAIN', 'the same payment was made a second time'), ('OVER_REFUND', 'more was refunded at the provider than was paid'), ('OTHER_REFUND', 'another amount or currency than ordered was refunded'), ('DISPUTE', 'a dispute in another currency, or of an impossible amount'), ('EXTRA_REFUND', 'the same refund was made a second time'), ('NOT_PAID', 'counted as paid here, but not at the provider'), ('NOT_REFUNDED', 'counted as refunded here, but not at the provider'), ('FEE', 'a fee in another currency, of an impossible amount, or another one than before')], max_length=12, verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='Payout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(max_length=40)),
                ('payout_id', models.CharField(max_length=255)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='amount')),
                ('currency', models.CharField(default=cinema.models.orders.currency, max_length=3)),
                ('status', models.CharField(choices=[('PENDING', 'on its way'), ('PAID', 'paid'), ('FAILED', 'failed')], max_length=7, verbose_name='status')),
                ('arrives_on', models.DateField()),
                ('payments', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('refunds', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('fees', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('other', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('foreign', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('booked', models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=12)),
                ('difference', models.CharField(blank=True, choices=[('CONTENTS', 'the amount is not the sum of what it contains'), ('CHANGED', 'the provider reported another amount before'), ('CURRENCY', 'in another currency; not booked')], db_default='', default='', max_length=8)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'payout',
                'verbose_name_plural': 'payouts',
                'indexes': [models.Index(fields=['arrives_on'], name='payout_by_day')],
                'constraints': [models.UniqueConstraint(fields=('gateway', 'payout_id'), name='payout_once')],
            },
        ),
        migrations.RunPython(migrations.RunPython.noop, let_nobody_alter),
        migrations.AddField(
            model_name='moneyentry',
            name='payout',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='cinema.payout'),
        ),
        migrations.CreateModel(
            name='ProviderFee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(max_length=40)),
                ('fee_id', models.CharField(max_length=255)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='amount')),
                ('currency', models.CharField(default=cinema.models.orders.currency, max_length=3)),
                ('created_at', models.DateTimeField()),
                ('payment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='fees', to='cinema.payment')),
            ],
            options={
                'verbose_name': 'provider’s fee',
                'verbose_name_plural': 'providers’ fees',
                'constraints': [models.UniqueConstraint(fields=('gateway', 'fee_id'), name='provider_fee_once'), models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='provider_fee_not_zero')],
            },
        ),
    ]
