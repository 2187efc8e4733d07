"""Places on waiting lists are counted by where they came from, and mails about them apart from those about accounts."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0013_what_is_open_is_found_by_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='mailrequest',
            name='kind',
            field=models.CharField(choices=[('ACCOUNT', 'account'), ('WAITING', 'waiting list')], db_default='ACCOUNT', default='ACCOUNT', max_length=10),
        ),
        migrations.AddField(
            model_name='waitingentry',
            name='origin',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=32),
        ),
        migrations.AddIndex(
            model_name='waitingentry',
            index=models.Index(fields=['show', 'origin'], name='waiting_by_show_and_origin'),
        ),
    ]
