"""Phones that have tickets in Apple Wallet."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0107_moved_shows'),
    ]

    operations = [
        migrations.CreateModel(
            name='PassRegistration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('device', models.CharField(max_length=64)),
                ('version', models.PositiveIntegerField()),
                ('changed_at', models.DateTimeField()),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pass_registrations', to='cinema.ticket')),
            ],
            options={
                'verbose_name': 'phone with a ticket',
                'verbose_name_plural': 'phones with tickets',
                'constraints': [models.UniqueConstraint(fields=('device', 'ticket'), name='pass_registration_once')],
            },
        ),
    ]
