"""The table of the money ledger. The database refuses to alter or delete its rows, as it does for the seat ledger (0010);
a later migration that makes SQLite rebuild the table must create its triggers again, with ``let_nobody_alter``."""

from importlib import import_module

import cinema.models.orders
import django.db.models.deletion
from django.db import migrations, models

stays = import_module('cinema.migrations.0010_the_trail_stays')
TABLE = 'cinema_moneyentry'


def let_nobody_alter(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute(stays.POSTGRESQL.format(table=TABLE))
    else:
        for event in stays.EVENTS:
            schema_editor.execute(stays.SQLITE.format(table=TABLE, event=event))


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0055_reconciliation'),
    ]

    operations = [
        migrations.CreateModel(
            name='MoneyEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('kind', models.CharField(choices=[('CAPTURE', 'payment received'), ('SALE', 'sale'), ('REFUND_OWED', 'refund recorded'), ('REFUND_PAID', 'refund paid out'), ('REFUND_UNDONE', 'refund came back'), ('DISPUTE_OPENED', 'dispute opened'), ('DISPUTE_WON', 'dispute won'), ('DISPUTE_LOST', 'dispute lost'), ('PROVIDER_FEE', 'provider’s fee'), ('PAYOUT', 'payout')], max_length=14, verbose_name='kind')),
                ('debit', models.CharField(max_length=60, verbose_name='debit')),
                ('credit', models.CharField(max_length=60, verbose_name='credit')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='amount')),
                ('currency', models.CharField(default=cinema.models.orders.currency, max_length=3)),
                ('dispute', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='cinema.dispute')),
                ('order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='cinema.order')),
                ('payment', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='cinema.payment')),
                ('refund', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='cinema.refund')),
                ('theatre', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cinema.theatre')),
            ],
            options={
                'verbose_name': 'money entry',
                'verbose_name_plural': 'money entries',
                'indexes': [models.Index(fields=['theatre', 'at'], name='money_entry_by_theatre')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='money_entry_amount_positive'), models.CheckConstraint(condition=models.Q(('debit', models.F('credit')), _negated=True), name='money_entry_between_two_accounts')],
            },
        ),
        migrations.RunPython(let_nobody_alter, migrations.RunPython.noop),  # the triggers go with the table
    ]
