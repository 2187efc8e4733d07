"""A credit note of a refund in cash may come to nothing, as it is rounded. SQLite builds the table anew, so its triggers
are created again."""

from importlib import import_module

from django.db import migrations, models

stays = import_module("cinema.migrations.0010_the_trail_stays")

TABLE = "cinema_receipt"


def let_nobody_alter(apps, schema_editor):
    for event in stays.EVENTS if schema_editor.connection.vendor == "sqlite" else ():
        schema_editor.execute(stays.SQLITE.format(table=TABLE, event=event))


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0088_card_readers'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, let_nobody_alter),
        migrations.RemoveConstraint(
            model_name='receipt',
            name='receipt_of_a_payment_or_a_refund',
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'RECEIPT'), ('refund', None), ('total__gt', 0)), models.Q(('corrects__isnull', False), ('kind', 'CREDIT_NOTE'), ('refund', None), ('total__lt', 0)), models.Q(('corrects', None), ('kind', 'CREDIT_NOTE'), ('refund__isnull', False), ('total__lte', 0)), _connector='OR'), name='receipt_of_a_payment_or_a_refund'),
        ),
        migrations.RunPython(let_nobody_alter, migrations.RunPython.noop),
    ]
