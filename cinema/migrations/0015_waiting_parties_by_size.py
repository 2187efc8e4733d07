"""Waiting parties are found by their size of the party, so that a long list is no work under the show's lock."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0014_waiting_comes_from_somewhere'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='waitingentry',
            index=models.Index(condition=models.Q(('status', 'WAITING')), fields=['show', 'party'], name='waiting_by_show_and_party'),
        ),
    ]
