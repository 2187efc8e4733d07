"""What cancelled seats of a ticket were refunded less, because other tickets of the order cost more without them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cinema", "0124_upgrade_offers"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="deducted",
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, editable=False, max_digits=10),
        ),
    ]
