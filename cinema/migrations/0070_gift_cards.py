"""Gift cards."""

import cinema.models.codes
import cinema.models.gift_cards
import cinema.models.lookups
import cinema.models.orders
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0069_coupon_codes_are_guessed'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(choices=[('THEATRE', 'theatre changed'), ('ROLE', 'role added or removed'), ('FILM', 'film changed'), ('IMPORT', 'films imported'), ('HALL', 'hall changed'), ('BLOCK', 'seats blocked'), ('UNBLOCK', 'seats unblocked'), ('PRICES', 'prices changed'), ('SCHEDULE', 'shows planned'), ('PUBLISH', 'shows published'), ('SHOW', 'show changed'), ('SHOW_CANCEL', 'show cancelled'), ('RESEND', 'ticket sent again'), ('EMAIL', 'email address corrected'), ('CANCEL', 'ticket cancelled'), ('REFUND', 'refund made'), ('SETTLE', 'refund settled by hand'), ('MOVE', 'seats changed'), ('EXCHANGE', 'exchanged for another show'), ('GIFT_CARD', 'gift card blocked or replaced'), ('EXPORT', 'exported'), ('LEGAL', 'legal text published'), ('ERASE', 'personal data erased'), ('ADMIN', 'changed in the database'), ('SIGN_IN', 'signed in'), ('SIGN_IN_FAILED', 'sign-in failed'), ('LOCK_OUT', 'locked out after failed sign-ins'), ('SIGN_OUT', 'signed out'), ('SIGN_UP', 'account created'), ('PASSWORD', 'password changed'), ('PASSWORD_RESET', 'password reset'), ('NEW_EMAIL', 'account email address changed'), ('TOKEN', 'API token created or deleted')], max_length=16, verbose_name='action'),
        ),
        migrations.AlterField(
            model_name='failedtry',
            name='kind',
            field=models.CharField(choices=[('TICKET', 'email address of a ticket'), ('PASSWORD', 'password of an account'), ('TOKEN', 'API token'), ('COUPON', 'coupon code'), ('GIFT_CARD', 'code of a gift card'), ('GIFT_ORDER', 'order of a gift card, of which each counts')], max_length=10),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='kind',
            field=models.CharField(choices=[('TICKET', 'ticket'), ('SEATS_CHANGED', 'ticket with other seats'), ('EXCHANGED', 'ticket for another show'), ('CANCELLATION', 'cancellation'), ('REFUND_PART', 'refund'), ('REFUND_LATE', 'refund of a late payment'), ('SHOW_CANCELLED_OFFER', 'show cancelled, with a choice'), ('GIFT_CARD', 'gift card'), ('GIFT_CARD_BOUGHT', 'gift card bought'), ('GIFT_CARD_REFUND', 'refund of a second payment for a gift card'), ('OWNER_LINK', 'link to change a ticket'), ('WAITING_JOINED', 'waiting list'), ('WAITING_OFFER', 'offer to the waiting list'), ('SIGN_UP', 'link to sign up'), ('HAS_ACCOUNT', 'account exists'), ('NO_ACCOUNT', 'no account'), ('EMAIL_CHANGE', 'link to a new email address'), ('EMAIL_TAKEN', 'email address has an account'), ('EMAIL_CHANGED', 'email address changed'), ('ACCOUNT_UNUSED', 'account will be deleted'), ('INVITATION', 'invitation'), ('PASSWORD_RESET', 'link to a new password'), ('NEW_PASSWORD', 'password changed'), ('NEW_TOKEN', 'API token created')], max_length=20, verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='GiftCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page_code', cinema.models.codes.CodeField(default=cinema.models.codes.new_code, editable=False, max_length=22, unique=True)),
                ('code', cinema.models.codes.CodeField(default=cinema.models.gift_cards.new_gift_code, editable=False, max_length=16, unique=True)),
                ('currency', models.CharField(default=cinema.models.orders.currency, max_length=3)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='amount')),
                ('balance', models.DecimalField(decimal_places=2, default=0, max_digits=10, verbose_name='balance')),
                ('returned', models.DecimalField(decimal_places=2, default=0, max_digits=10, verbose_name='returned')),
                ('recipient_name', models.CharField(blank=True, max_length=150, verbose_name='recipient’s name')),
                ('recipient_email', models.EmailField(blank=True, max_length=254, verbose_name='recipient’s email address')),
                ('message', models.TextField(blank=True, max_length=500, verbose_name='message')),
                ('deliver_at', models.DateTimeField()),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('activated_at', models.DateTimeField(blank=True, null=True)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('blocked_at', models.DateTimeField(blank=True, null=True)),
                ('contacts_erased_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('order_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gift_cards', to='cinema.orderline')),
                ('replaced_by', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='cinema.giftcard')),
                ('theatre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='gift_cards', to='cinema.theatre')),
            ],
            options={
                'verbose_name': 'gift card',
                'verbose_name_plural': 'gift cards',
            },
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='gift_card',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='cinema.giftcard'),
        ),
        migrations.AddIndex(
            model_name='giftcard',
            index=models.Index(fields=['theatre', 'id'], name='gift_card_by_theatre'),
        ),
        migrations.AddIndex(
            model_name='giftcard',
            index=models.Index(cinema.models.lookups.CodeEnd('code'), name='gift_card_by_end'),
        ),
        migrations.AddIndex(
            model_name='giftcard',
            index=models.Index(condition=models.Q(('recipient_email', ''), _negated=True), fields=['recipient_email'], name='gift_card_by_email'),
        ),
        migrations.AddIndex(
            model_name='giftcard',
            index=models.Index(condition=models.Q(('activated_at__isnull', False), ('delivered_at', None)), fields=['deliver_at'], name='gift_card_to_deliver'),
        ),
        migrations.AddIndex(
            model_name='giftcard',
            index=models.Index(condition=models.Q(('activated_at', None)), fields=['created_at'], name='gift_card_unpaid'),
        ),
        migrations.AddIndex(
            model_name='giftcard',
            index=models.Index(condition=models.Q(('contacts_erased_at', None)), fields=['deliver_at'], name='gift_card_with_contacts'),
        ),
        migrations.AddConstraint(
            model_name='giftcard',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='gift_card_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='giftcard',
            constraint=models.CheckConstraint(condition=models.Q(('balance__gte', 0), ('balance__lte', django.db.models.expressions.CombinedExpression(models.F('amount'), '-', models.F('returned'))), ('returned__gte', 0)), name='gift_card_never_overspent'),
        ),
        migrations.AddConstraint(
            model_name='giftcard',
            constraint=models.CheckConstraint(condition=models.Q(('activated_at__isnull', False), ('balance', 0), _connector='OR'), name='gift_card_empty_until_paid'),
        ),
        migrations.AddConstraint(
            model_name='giftcard',
            constraint=models.CheckConstraint(condition=models.Q(('replaced_by', None), models.Q(('balance', 0), ('blocked_at__isnull', False)), _connector='OR'), name='gift_card_replaced_once'),
        ),
    ]
