"""What was changed with each version of a thing is kept in rows of its own, and theatres have a version; until now both
were read from the audit trail."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Count

BATCH = 1_000
WHICH = {'kind', 'key', 'version'}
ACTIONS = ['FILM', 'HALL', 'PRICES', 'SHOW', 'THEATRE']
# By hand: Django would have SQLite build the table anew.
ADD = 'ALTER TABLE cinema_theatre ADD COLUMN version integer NOT NULL DEFAULT 0 CHECK (version >= 0)'
DROP = 'ALTER TABLE cinema_theatre DROP COLUMN version'


def take_from_the_trail(apps, schema_editor):
    AuditEvent, Edit, Theatre = (apps.get_model('cinema', name) for name in ('AuditEvent', 'Edit', 'Theatre'))
    events = AuditEvent.objects.filter(action__in=ACTIONS).order_by('pk')
    last = 0
    while batch := list(events.filter(pk__gt=last).values_list('pk', 'details')[:BATCH]):
        last = batch[-1][0]
        edits = [
            Edit(event_id=event, changes=details.get('changes') or {}, **{name: details[name] for name in WHICH})
            for event, details in batch
            if WHICH <= details.keys()
        ]
        Edit.objects.bulk_create(edits, ignore_conflicts=True)
    settings = AuditEvent.objects.filter(action='THEATRE', theatre__isnull=False).order_by()
    for theatre, count in settings.values_list('theatre').annotate(count=Count('pk')):
        Theatre.objects.filter(pk=theatre).update(version=count)


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0044_staff_actions'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ADD, DROP)],
            state_operations=[
                migrations.AddField(
                    model_name='theatre',
                    name='version',
                    field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
                ),
            ],
        ),
        migrations.CreateModel(
            name='Edit',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='edit', serialize=False, to='cinema.auditevent')),
                ('kind', models.CharField(max_length=40)),
                ('key', models.PositiveBigIntegerField()),
                ('version', models.PositiveIntegerField()),
                ('changes', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'edit',
                'verbose_name_plural': 'edits',
                'constraints': [models.UniqueConstraint(fields=('kind', 'key', 'version'), name='edit_once_per_version')],
            },
        ),
        migrations.RunPython(take_from_the_trail, migrations.RunPython.noop),
    ]
