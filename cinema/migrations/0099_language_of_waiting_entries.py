"""A party on a waiting list is mailed in the language of the page on which it joined."""

import cinema.models.orders
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0098_keys_of_print_jobs'),
    ]

    operations = [
        migrations.AddField(
            model_name='waitingentry',
            name='language',
            field=models.CharField(default=cinema.models.orders.language, max_length=10, verbose_name='language'),
        ),
    ]
