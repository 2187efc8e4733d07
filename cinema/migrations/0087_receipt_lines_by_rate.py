"""A credit note may state an order line at two rates of tax. SQLite builds the table anew, so its triggers are created
again."""

from importlib import import_module

from django.db import migrations, models

stays = import_module("cinema.migrations.0010_the_trail_stays")

TABLE = "cinema_receiptline"


def let_nobody_alter(apps, schema_editor):
    for event in stays.EVENTS if schema_editor.connection.vendor == "sqlite" else ():
        schema_editor.execute(stays.SQLITE.format(table=TABLE, event=event))


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0086_discounts_by_seat'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, let_nobody_alter),
        migrations.RemoveConstraint(
            model_name='receiptline',
            name='receipt_line_once',
        ),
        migrations.AddConstraint(
            model_name='receiptline',
            constraint=models.UniqueConstraint(fields=('receipt', 'order_line', 'tax_percent'), name='receipt_line_once'),
        ),
        migrations.RunPython(let_nobody_alter, migrations.RunPython.noop),
    ]
