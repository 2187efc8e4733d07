from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0117_seat_upgrades'),
    ]

    operations = [
        migrations.AddField(
            model_name='coupon',
            name='name_translations',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False),
        ),
    ]
