"""The leases of background jobs are called so."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0039_addresses_in_small_letters'),
    ]

    operations = [
        migrations.RenameModel('Chore', 'JobLease'),
        migrations.AlterModelOptions(
            name='joblease',
            options={'verbose_name': 'job lease', 'verbose_name_plural': 'job leases'},
        ),
    ]
