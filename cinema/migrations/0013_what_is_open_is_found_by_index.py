"""Upcoming shows, and what the sweep looks for, have indexes that SQLite chooses, too, which knows nothing of how many
rows there are of a kind. None of these rebuilds a table on SQLite, so that the triggers of 0005 stay."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0012_unsold_seats_are_dropped'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='payment',
            name='payment_unpaid',
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('status', 'PENDING'), ('status', 'FAILED'), _connector='OR'), fields=['created_at'], name='payment_unpaid'),
        ),
        migrations.AddIndex(
            model_name='show',
            index=models.Index(fields=['status', 'ends_at'], name='show_by_status_and_end'),
        ),
        migrations.AddIndex(
            model_name='waitingentry',
            index=models.Index(condition=models.Q(('emailed_at', None)), fields=['created_at'], name='waiting_untold'),
        ),
    ]
