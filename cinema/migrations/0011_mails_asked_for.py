"""Mails that anybody can have sent are counted for an hour."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0010_the_trail_stays'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('to', models.CharField(max_length=32)),
                ('origin', models.CharField(blank=True, max_length=32)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'mail asked for',
                'verbose_name_plural': 'mails asked for',
                'indexes': [models.Index(fields=['to', 'at'], name='mail_request_by_receiver'), models.Index(fields=['origin', 'at'], name='mail_request_by_origin')],
            },
        ),
    ]
