"""House seats released by hand at a show are rows of their own; until now only the audit trail knew of them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

BATCH = 1_000


def take_from_the_trail(apps, schema_editor):
    AuditEvent, Release, Show, Block = (
        apps.get_model('cinema', name) for name in ('AuditEvent', 'HouseSeatRelease', 'Show', 'SeatBlock')
    )
    events = AuditEvent.objects.filter(action='UNBLOCK', show__isnull=False).order_by('pk')
    blocks = set(Block.objects.values_list('pk', flat=True))
    last = 0
    while batch := list(events.filter(pk__gt=last).values_list('pk', 'show_id', 'details', 'at')[:BATCH]):
        last = batch[-1][0]
        shows = set(Show.objects.filter(pk__in=[show for _key, show, _details, _at in batch]).values_list('pk', flat=True))
        releases = [
            Release(block_id=details['block'], show_id=show, released_at=at)
            for _key, show, details, at in batch
            if show in shows and details.get('block') in blocks
        ]
        Release.objects.bulk_create(releases, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0040_job_leases'),
    ]

    operations = [
        migrations.CreateModel(
            name='HouseSeatRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('released_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('block', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='releases', to='cinema.seatblock')),
                ('show', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='house_seat_releases', to='cinema.show')),
            ],
            options={
                'verbose_name': 'house seat release',
                'verbose_name_plural': 'house seat releases',
                'constraints': [models.UniqueConstraint(fields=('block', 'show'), name='house_seats_released_once')],
            },
        ),
        migrations.RunPython(take_from_the_trail, migrations.RunPython.noop),
    ]
