"""Unpaid holds are limited in time by their seats, and counted by API user and address both."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0015_waiting_parties_by_size'),
    ]

    operations = [
        migrations.AddField(
            model_name='hold',
            name='program',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name='hold',
            name='latest_at',
            field=models.DateTimeField(db_default=Now()),
        ),
        migrations.AddField(
            model_name='hold',
            name='changes',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='hold',
            name='free_seats',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('program', ''), _negated=True), fields=['program', 'expires_at'], name='hold_by_program'),
        ),
    ]
