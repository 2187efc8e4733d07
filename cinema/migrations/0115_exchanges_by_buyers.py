"""Whether buyers can exchange tickets of a theatre themselves."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0114_double_bills'),
    ]

    operations = [
        migrations.AddField(
            model_name='theatre',
            name='buyer_exchanges',
            field=models.BooleanField(db_default=False, default=False, help_text='As long as they can cancel, buyers can exchange their ticket for another show of the film.', verbose_name='exchange by buyers'),
        ),
    ]
