"""SQLite uses an index of some rows only where the statement names their condition without a parameter."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0070_gift_cards'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='order',
            name='order_without_receipt',
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('receipt_due', True)), fields=['status', 'total'], name='order_without_receipt'),
        ),
    ]
