"""What was for shows from 00:00 on, so for all, is for all: from now on these begin at midnight, late in a trading day."""

from datetime import time

from django.db import migrations


def forget(apps, schema_editor):
    for name in ("PriceAdjustment", "VoucherBatch"):
        whole_days = apps.get_model("cinema", name).objects.filter(from_time=time(0), until_time=None)
        whole_days.update(from_time=None)


class Migration(migrations.Migration):
    dependencies = [
        ("cinema", "0125_deducted_of_tickets"),
    ]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
