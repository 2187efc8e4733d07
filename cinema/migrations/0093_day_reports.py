"""Day reports, which the database lets nobody alter."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

stays = import_module("cinema.migrations.0010_the_trail_stays")
TABLE = "cinema_dayreport"


def let_nobody_alter(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(stays.POSTGRESQL.format(table=TABLE))
    for event in stays.EVENTS if schema_editor.connection.vendor == "sqlite" else ():
        schema_editor.execute(stays.SQLITE.format(table=TABLE, event=event))


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0092_bank_accounts'),
    ]

    operations = [
        migrations.CreateModel(
            name='DayReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('day', models.DateField(verbose_name='day')),
                ('closed_at', models.DateTimeField(verbose_name='closed')),
                ('begins_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('after_entry', models.PositiveBigIntegerField()),
                ('last_entry', models.PositiveBigIntegerField()),
                ('after_z', models.PositiveIntegerField()),
                ('last_z', models.PositiveIntegerField()),
                ('entries', models.PositiveIntegerField(verbose_name='ledger entries')),
                ('moved', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='sum of the ledger')),
                ('received', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='received')),
                ('refunded', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='refunded')),
                ('tax', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='tax')),
                ('rounding', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='rounding of cash')),
                ('variance', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='difference')),
                ('closed_by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='closed by')),
                ('theatre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='day_reports', to='cinema.theatre')),
            ],
            options={
                'verbose_name': 'day report',
                'verbose_name_plural': 'day reports',
                'constraints': [models.UniqueConstraint(fields=('theatre', 'number'), name='day_report_number_unique'), models.UniqueConstraint(fields=('theatre', 'day'), name='day_report_one_of_a_day'), models.CheckConstraint(condition=models.Q(('number__gt', 0)), name='day_report_number_positive'), models.CheckConstraint(condition=models.Q(('after_entry__lte', models.F('last_entry')), ('after_z__lte', models.F('last_z')), ('begins_at__lt', models.F('ends_at'))), name='day_report_covers_a_span')],
            },
        ),
        migrations.RunPython(let_nobody_alter, migrations.RunPython.noop),  # the triggers go with the table
    ]
