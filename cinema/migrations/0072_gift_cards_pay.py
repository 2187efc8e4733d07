"""Gift cards pay for orders."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0071_orders_without_receipts'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='payment',
            name='payment_one_pending_per_order',
        ),
        migrations.AddField(
            model_name='order',
            name='uses_gift_cards',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name='payment',
            name='gift_card',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='cinema.giftcard'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='mode',
            field=models.CharField(choices=[('UPI', 'UPI'), ('CARD', 'Card'), ('NETBANKING', 'Net banking'), ('WALLET', 'Wallet'), ('GIFT_CARD', 'Gift card')], max_length=12, verbose_name='payment mode'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='reason',
            field=models.CharField(choices=[('CANCELLED', 'ticket cancelled'), ('SHOW_CANCELLED', 'show cancelled'), ('SHOW_STARTED', 'the payment arrived after the show had started'), ('SEATS_GONE', 'the seats were gone when the payment arrived'), ('PRICE_ROSE', 'the seats cost more when the payment arrived'), ('CARD_SPENT', 'the gift card had been spent when the payment arrived'), ('PAID_TWICE', 'paid twice'), ('SEATS_RETURNED', 'seats refunded'), ('GOODWILL', 'goodwill'), ('AT_PROVIDER', 'made at the provider')], max_length=14, verbose_name='reason'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('gift_card', None), ('status', 'PENDING')), fields=('order',), name='payment_one_pending_per_order'),
        ),
    ]
