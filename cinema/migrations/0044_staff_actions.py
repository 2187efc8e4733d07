"""Staff actions on orders have unique keys; until now a second click was found by searching the audit trail."""

import django.db.models.deletion
from django.db import migrations, models

BATCH = 1_000


def take_from_the_trail(apps, schema_editor):
    StaffAction = apps.get_model('cinema', 'StaffAction')
    events = apps.get_model('cinema', 'AuditEvent').objects.filter(ticket__isnull=False).order_by('pk')
    last = 0
    while batch := list(events.filter(pk__gt=last).values_list('pk', 'ticket_id', 'details')[:BATCH]):
        last = batch[-1][0]
        actions = [
            StaffAction(event_id=event, ticket_id=ticket, key=details['key'])
            for event, ticket, details in batch
            if isinstance(details.get('key'), str)
        ]
        StaffAction.objects.bulk_create(actions, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0043_film_imports'),
    ]

    operations = [
        migrations.CreateModel(
            name='StaffAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='staff_action', to='cinema.auditevent')),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='staff_actions', to='cinema.ticket')),
            ],
            options={
                'verbose_name': 'staff action',
                'verbose_name_plural': 'staff actions',
                'constraints': [models.UniqueConstraint(fields=('ticket', 'key'), name='staff_action_done_once')],
            },
        ),
        migrations.RunPython(take_from_the_trail, migrations.RunPython.noop),
    ]
