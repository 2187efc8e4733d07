"""Messages of payment providers are stored, so that each is acted on once and none is lost."""

import django.core.serializers.json
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0048_names_of_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProviderEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, db_default=django.db.models.functions.datetime.Now(), editable=False, null=True)),
                ('attempts', models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                ('attempted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('failing_since', models.DateTimeField(blank=True, editable=False, null=True)),
                ('last_error', models.CharField(blank=True, db_default='', default='', editable=False, max_length=200)),
                ('gateway', models.CharField(max_length=40)),
                ('event_id', models.CharField(max_length=255)),
                ('kind', models.CharField(choices=[('PAYMENT', 'payment'), ('REFUND', 'refund'), ('DISPUTE', 'dispute'), ('OTHER', 'something else')], max_length=8, verbose_name='kind')),
                ('about', models.CharField(blank=True, max_length=255)),
                ('report', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True)),
                ('received_at', models.DateTimeField()),
                ('handled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'provider message',
                'verbose_name_plural': 'provider messages',
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='provider_event_due'), models.Index(fields=['received_at'], name='provider_event_received')],
                'constraints': [models.UniqueConstraint(fields=('gateway', 'event_id'), name='provider_event_once')],
            },
        ),
    ]
