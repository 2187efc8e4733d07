"""Figures of a theatre are sums over its screens' shows of some days. Adding an index rebuilds no table on SQLite, so
that the triggers of 0005 stay."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0006_orders_are_found'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='show',
            index=models.Index(fields=['screen', 'trading_day'], name='show_by_screen_and_day'),
        ),
    ]
