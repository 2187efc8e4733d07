"""Tickets booked without an account are found by the e-mail address of one."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0029_legal_texts'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('user', None)), fields=['email'], name='ticket_of_no_account_by_email'),
        ),
    ]
