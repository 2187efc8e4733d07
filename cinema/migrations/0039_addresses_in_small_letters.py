"""Write the e-mail addresses of tickets and waiting lists as they are stored by now, in small letters: a person is found
by theirs. In batches, each committed by itself."""

from django.db import migrations
from django.db.models import F
from django.db.models.functions import Lower

BATCH = 1_000


def lower(apps, schema_editor):
    for name in ('Ticket', 'WaitingEntry'):
        model = apps.get_model('cinema', name)
        # One walk through the table: a filter alone would begin anew with each batch.
        odd = list(model.objects.exclude(email=Lower('email')).order_by('pk').values_list('pk', flat=True))
        for start in range(0, len(odd), BATCH):
            model.objects.filter(pk__in=odd[start : start + BATCH]).update(email=Lower(F('email')))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('cinema', '0038_personal_data_is_erased'),
    ]

    operations = [
        migrations.RunPython(lower, migrations.RunPython.noop),
    ]
