"""A reason for refunds of seats that were cheaper only together with others."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0122_translations_of_notes_of_shows'),
    ]

    operations = [
        migrations.AlterField(
            model_name='refund',
            name='reason',
            field=models.CharField(choices=[('CANCELLED', 'ticket cancelled'), ('SHOW_CANCELLED', 'show cancelled'), ('SHOW_STARTED', 'the payment arrived after the show had started'), ('SEATS_GONE', 'the seats were gone when the payment arrived'), ('PRICE_ROSE', 'the seats cost more when the payment arrived'), ('OTHERS_GONE', 'cheaper only together with seats that were gone when the payment arrived'), ('CARD_SPENT', 'the gift card had been spent when the payment arrived'), ('VOUCHER_USED', 'the voucher had been used when the payment arrived'), ('CARD_BLOCKED', 'the gift card was blocked when the payment arrived'), ('CARD_RETURNED', 'gift card returned unspent'), ('PAID_TWICE', 'paid twice'), ('SEATS_RETURNED', 'seats refunded'), ('GOODWILL', 'goodwill'), ('AT_PROVIDER', 'made at the provider'), ('VOIDED', 'voided at the till'), ('UPGRADE_LATE', 'the ticket could not be exchanged when the payment arrived')], max_length=14, verbose_name='reason'),
        ),
    ]
