"""Payments keep the provider's own ids, so that a message that names only these finds its payment."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0046_texts'),
    ]

    operations = [
        migrations.AddField(
            model_name='payment',
            name='capture_id',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=255),
        ),
        migrations.AddField(
            model_name='payment',
            name='provider_id',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=255),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('provider_id', ''), _negated=True), fields=['provider_id'], name='payment_provider_id'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('capture_id', ''), _negated=True), fields=['capture_id'], name='payment_capture_id'),
        ),
    ]
