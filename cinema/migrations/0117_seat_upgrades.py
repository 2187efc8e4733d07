"""Dearer seats for which a ticket is exchanged once the difference is paid, and a receipt for that. SQLite builds the
table of receipts anew, so its triggers are created again."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models


stays = import_module("cinema.migrations.0010_the_trail_stays")


def let_nobody_alter(apps, schema_editor):
    create = stays.SQLITE.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS")  # the way back may keep the table
    for event in stays.EVENTS if schema_editor.connection.vendor == "sqlite" else ():
        schema_editor.execute(create.format(table="cinema_receipt", event=event))


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0116_seasons'),
    ]

    operations = [
        migrations.AlterField(
            model_name='refund',
            name='reason',
            field=models.CharField(choices=[('CANCELLED', 'ticket cancelled'), ('SHOW_CANCELLED', 'show cancelled'), ('SHOW_STARTED', 'the payment arrived after the show had started'), ('SEATS_GONE', 'the seats were gone when the payment arrived'), ('PRICE_ROSE', 'the seats cost more when the payment arrived'), ('CARD_SPENT', 'the gift card had been spent when the payment arrived'), ('VOUCHER_USED', 'the voucher had been used when the payment arrived'), ('CARD_BLOCKED', 'the gift card was blocked when the payment arrived'), ('CARD_RETURNED', 'gift card returned unspent'), ('PAID_TWICE', 'paid twice'), ('SEATS_RETURNED', 'seats refunded'), ('GOODWILL', 'goodwill'), ('AT_PROVIDER', 'made at the provider'), ('VOIDED', 'voided at the till'), ('UPGRADE_LATE', 'the ticket could not be exchanged when the payment arrived')], max_length=14, verbose_name='reason'),
        ),
        migrations.CreateModel(
            name='SeatUpgrade',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seat_ids', models.JSONField(editable=False)),
                ('changes', models.PositiveIntegerField(editable=False)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('hold', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='upgrades', to='cinema.hold')),
                ('payment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='upgrade', to='cinema.payment')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='upgrades', to='cinema.ticket')),
            ],
            options={
                'verbose_name': 'upgrade',
                'verbose_name_plural': 'upgrades',
            },
        ),
        migrations.RunPython(migrations.RunPython.noop, let_nobody_alter),
        migrations.AddField(
            model_name='receipt',
            name='is_further',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.RemoveConstraint(
            model_name='receipt',
            name='receipt_one_per_order',
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(condition=models.Q(('corrects', None), ('is_further', False), ('kind', 'RECEIPT')), fields=('order',), name='receipt_one_per_order'),
        ),
        migrations.RunPython(let_nobody_alter, migrations.RunPython.noop),
    ]
