"""Unpaid holds are counted by the buyer's browser and by where they came from."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0008_housekeeping'),
    ]

    operations = [
        migrations.AddField(
            model_name='hold',
            name='origin',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=32),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(fields=['buyer', 'expires_at'], name='hold_by_buyer'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(fields=['origin', 'expires_at'], name='hold_by_origin'),
        ),
    ]
