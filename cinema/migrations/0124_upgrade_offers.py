"""The offer_version of the show that an upgrade is for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cinema", "0123_seats_gone_with_others"),
    ]

    operations = [
        migrations.AddField(
            model_name="seatupgrade",
            name="offer_version",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
