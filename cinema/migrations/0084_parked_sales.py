"""Sales are parked at the counter, or reserved."""

import cinema.models.codes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0083_cash_rounding'),
    ]

    operations = [
        migrations.CreateModel(
            name='ParkedSale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', cinema.models.codes.CodeField(default=cinema.models.codes.new_code, editable=False, max_length=22, unique=True)),
                ('buyer', models.CharField(max_length=64, unique=True)),
                ('word', models.CharField(max_length=60, verbose_name='word')),
                ('chosen', models.JSONField(default=dict)),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='reserved until')),
                ('parked_at', models.DateTimeField(verbose_name='parked')),
                ('parked_by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='parked by')),
                ('theatre', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parked_sales', to='cinema.theatre')),
            ],
            options={
                'verbose_name': 'parked sale',
                'verbose_name_plural': 'parked sales',
            },
        ),
    ]
