"""A show counts the changes of what a buyer chooses, and a ticket keeps the count it was booked at; until now the audit
trail was searched for such changes."""

from collections import defaultdict

from django.db import migrations, models

BATCH = 1_000
OFFER = {'screen', 'starts_at', 'movie', 'format', 'language', 'subtitles'}
# By hand: Django would have SQLite build the tables anew, without the triggers of 0005.
ADD = 'ALTER TABLE {table} ADD COLUMN offer_version integer NOT NULL DEFAULT 0 CHECK (offer_version >= 0)'
DROP = 'ALTER TABLE {table} DROP COLUMN offer_version'


def add_column(table, model):
    return migrations.SeparateDatabaseAndState(
        database_operations=[migrations.RunSQL(ADD.format(table=table), DROP.format(table=table))],
        state_operations=[
            migrations.AddField(
                model_name=model,
                name='offer_version',
                field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
            ),
        ],
    )


def count_from_the_trail(apps, schema_editor):
    Show, Ticket = apps.get_model('cinema', 'Show'), apps.get_model('cinema', 'Ticket')
    for show, moments in changes_of_offers(apps).items():
        for version, moment in enumerate(sorted(moments), 1):
            Ticket.objects.filter(show=show, created_at__gt=moment).update(offer_version=version)
        Show.objects.filter(pk=show).update(offer_version=len(moments))


def changes_of_offers(apps):
    """When the offer of each show was changed, by the show's key."""
    events = apps.get_model('cinema', 'AuditEvent').objects.filter(action='SHOW', show__isnull=False).order_by('pk')
    moments, last = defaultdict(list), 0
    while batch := list(events.filter(pk__gt=last).values_list('pk', 'show_id', 'at', 'details')[:BATCH]):
        last = batch[-1][0]
        for _key, show, at, details in batch:
            if OFFER.intersection(details.get('changes') or {}):
                moments[show].append(at)
    return moments


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0041_house_seat_releases'),
    ]

    operations = [
        add_column('cinema_show', 'show'),
        add_column('cinema_ticket', 'ticket'),
        migrations.RunPython(count_from_the_trail, migrations.RunPython.noop),
    ]
