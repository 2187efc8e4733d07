"""Seats that nobody touched are dropped from shows long over, which goes by two indexes: over the shows that still have
all theirs, and over the ledger by seat. Neither these nor a column that may be empty rebuild a table on SQLite, so that
the triggers of 0005 and 0010 stay."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0011_mails_asked_for'),
    ]

    operations = [
        migrations.AddField(
            model_name='show',
            name='seats_dropped',
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='show',
            index=models.Index(condition=models.Q(('seats_dropped', None)), fields=['ends_at'], name='show_with_all_seats_by_end'),
        ),
        migrations.AddIndex(
            model_name='seatevent',
            index=models.Index(fields=['show_seat'], name='seat_event_by_show_seat'),
        ),
        migrations.AddIndex(
            model_name='show',
            index=models.Index(condition=models.Q(('house_release_at__isnull', False)), fields=['house_release_at'], name='show_with_house_seats'),
        ),
    ]
