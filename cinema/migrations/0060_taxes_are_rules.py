"""The tax in a price is known by rules alone."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0059_tax_rules_of_theatres'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='theatre',
            name='theatre_tax_0_to_100_percent',
        ),
        migrations.RemoveField(
            model_name='theatre',
            name='tax_percent',
        ),
    ]
