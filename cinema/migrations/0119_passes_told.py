"""Changes of tickets that wallets are told of."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0118_coupon_translations'),
    ]

    operations = [
        migrations.CreateModel(
            name='GooglePass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempts', models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                ('attempted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('failing_since', models.DateTimeField(blank=True, editable=False, null=True)),
                ('last_error', models.CharField(blank=True, db_default='', default='', editable=False, max_length=200)),
                ('version', models.PositiveIntegerField()),
                ('due_at', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'verbose_name': 'ticket for Google Wallet',
                'verbose_name_plural': 'tickets for Google Wallet',
            },
        ),
        migrations.AddField(
            model_name='passregistration',
            name='attempted_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='passregistration',
            name='attempts',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='passregistration',
            name='due_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='passregistration',
            name='failing_since',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='passregistration',
            name='last_error',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='passregistration',
            name='push_token',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddIndex(
            model_name='passregistration',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='pass_registration_due'),
        ),
        migrations.AddField(
            model_name='googlepass',
            name='ticket',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='google_pass', to='cinema.ticket'),
        ),
        migrations.AddIndex(
            model_name='googlepass',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='google_pass_due'),
        ),
    ]
