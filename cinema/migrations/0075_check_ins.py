"""Scans at the door, and who is inside."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

stays = import_module("cinema.migrations.0010_the_trail_stays")
TABLE = "cinema_checkin"


def let_nobody_alter(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(stays.POSTGRESQL.format(table=TABLE))
    for event in stays.EVENTS if schema_editor.connection.vendor == "sqlite" else ():
        schema_editor.execute(stays.SQLITE.format(table=TABLE, event=event))


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0074_sums_of_weeks_by_seat'),
    ]

    operations = [
        migrations.AddField(
            model_name='theatre',
            name='reentry',
            field=models.BooleanField(db_default=False, default=False, help_text='Guests who are scanned on their way out can come back with the same ticket.', verbose_name='re-entry'),
        ),
        migrations.AddField(
            model_name='ticketseat',
            name='inside',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.CreateModel(
            name='CheckIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('direction', models.CharField(choices=[('IN', 'entry'), ('OUT', 'exit')], default='IN', max_length=3, verbose_name='direction')),
                ('outcome', models.CharField(choices=[('ADMITTED', 'admitted'), ('LEFT', 'left'), ('UNDONE', 'undone'), ('CONFLICT', 'admitted although it should not have been'), ('WRONG_SHOW', 'another show'), ('TOO_EARLY', 'too early'), ('NOT_INSIDE', 'not inside'), ('OVER', 'show over'), ('ALREADY', 'admitted before'), ('CANCELLED', 'ticket cancelled'), ('REFUNDED', 'ticket refunded'), ('SHOW_CANCELLED', 'show cancelled'), ('NOT_PAID', 'not paid'), ('UNKNOWN', 'unknown code'), ('UNREADABLE', 'no code of a ticket')], max_length=14, verbose_name='outcome')),
                ('seats', models.JSONField(blank=True, default=list)),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('device', models.CharField(blank=True, max_length=40, verbose_name='door')),
                ('scanned_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('offline', models.BooleanField(default=False)),
                ('earlier', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='later', to='cinema.checkin')),
                ('show', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='check_ins', to='cinema.show')),
                ('theatre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='check_ins', to='cinema.theatre')),
                ('ticket', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='check_ins', to='cinema.ticket')),
                ('user', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'check-in',
                'verbose_name_plural': 'check-ins',
                'ordering': ['-pk'],
            },
        ),
        migrations.AddField(
            model_name='ticketseat',
            name='check_in',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cinema.checkin'),
        ),
        migrations.AddConstraint(
            model_name='ticketseat',
            constraint=models.CheckConstraint(condition=models.Q(('inside', False), ('check_in__isnull', False), _connector='OR'), name='ticket_seat_inside_by_a_check_in'),
        ),
        migrations.AddIndex(
            model_name='checkin',
            index=models.Index(fields=['theatre', 'received_at'], name='check_in_by_time'),
        ),
        migrations.AddIndex(
            model_name='checkin',
            index=models.Index(condition=models.Q(('outcome', 'CONFLICT')), fields=['theatre', 'received_at'], name='check_in_in_conflict'),
        ),
        migrations.AddConstraint(
            model_name='checkin',
            constraint=models.UniqueConstraint(fields=('theatre', 'key'), name='check_in_once_per_key'),
        ),
        migrations.AddConstraint(
            model_name='checkin',
            constraint=models.CheckConstraint(condition=models.Q(('ticket__isnull', False), ('outcome__in', ['UNKNOWN', 'UNREADABLE']), _connector='OR'), name='check_in_of_a_ticket'),
        ),
        migrations.RunPython(let_nobody_alter, migrations.RunPython.noop),  # the triggers go with the table
    ]
