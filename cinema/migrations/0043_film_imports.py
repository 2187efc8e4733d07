"""Reports of film imports are rows of their own; until now they were read from the audit trail."""

import django.db.models.deletion
from django.db import migrations, models

BATCH = 200  # with the details of up to a thousand rows each
COUNTS = ('created', 'updated', 'already_there', 'skipped_in_all', 'warnings_in_all')


def take_from_the_trail(apps, schema_editor):
    FilmImport = apps.get_model('cinema', 'FilmImport')
    events = apps.get_model('cinema', 'AuditEvent').objects.filter(action='IMPORT', theatre=None).order_by('pk')
    last, known = 0, set()
    while batch := list(events.filter(pk__gt=last).values_list('pk', 'details')[:BATCH]):
        last = batch[-1][0]
        reports = [report(FilmImport, key, details, known) for key, details in batch if 'created' in details]
        FilmImport.objects.bulk_create(reports)


def report(FilmImport, key, details, known):
    """The report of one event. An upload that was imported twice at once names the first."""
    upload = details.get('upload') or ''
    upload = '' if upload in known else upload
    known.add(upload)
    notes = {name: details.get(name) or [] for name in ('skipped', 'warnings')}
    counts = {name: details.get(name) or 0 for name in COUNTS}
    return FilmImport(event_id=key, upload=upload, **notes, **counts)


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0042_offer_versions'),
    ]

    operations = [
        migrations.CreateModel(
            name='FilmImport',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='film_import', serialize=False, to='cinema.auditevent')),
                ('upload', models.CharField(editable=False, blank=True, max_length=64)),
                ('created', models.PositiveIntegerField()),
                ('updated', models.PositiveIntegerField()),
                ('already_there', models.PositiveIntegerField()),
                ('skipped_in_all', models.PositiveIntegerField()),
                ('warnings_in_all', models.PositiveIntegerField()),
                ('skipped', models.JSONField(default=list)),
                ('warnings', models.JSONField(default=list)),
            ],
            options={
                'verbose_name': 'film import',
                'verbose_name_plural': 'film imports',
                'constraints': [models.UniqueConstraint(condition=models.Q(('upload', ''), _negated=True), fields=('upload',), name='film_upload_imported_once')],
            },
        ),
        migrations.RunPython(take_from_the_trail, migrations.RunPython.noop),
    ]
