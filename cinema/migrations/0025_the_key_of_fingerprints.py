"""The key of fingerprints, from now on a random one that is forgotten after two periods. Fingerprints there are count for
nobody any more: they were made of SECRET_KEY, and are dropped when they are a month old."""

import secrets
import time

from django.db import migrations, models

PERIOD = 30 * 24 * 60 * 60  # services.people.fingerprints.PERIOD in seconds


def make_the_first(apps, schema_editor):
    last = int(time.time() // PERIOD) - 1
    apps.get_model('cinema', 'FingerprintKey').objects.create(period=last, secret=secrets.token_hex(32))


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0024_the_trail_names_nobody'),
    ]

    operations = [
        migrations.CreateModel(
            name='FingerprintKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.PositiveIntegerField()),
                ('secret', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': 'key of fingerprints',
                'verbose_name_plural': 'keys of fingerprints',
            },
        ),
        migrations.RunPython(make_the_first, migrations.RunPython.noop),
    ]
