"""Conflicts at the door that a manager has looked into."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0081_notes_on_shows'),
    ]

    operations = [
        migrations.CreateModel(
            name='SettledConflict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('check_in', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='settled', to='cinema.checkin')),
                ('user', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'settled conflict',
                'verbose_name_plural': 'settled conflicts',
                'ordering': ['-pk'],
            },
        ),
    ]
