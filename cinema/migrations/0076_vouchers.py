"""Vouchers, each of which pays for one seat."""

import cinema.models.codes
import cinema.models.lookups
import cinema.models.orders
import cinema.models.vouchers
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0075_check_ins'),
    ]

    operations = [
        migrations.CreateModel(
            name='Voucher',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', cinema.models.codes.CodeField(default=cinema.models.vouchers.new_voucher_code, editable=False, max_length=12, unique=True)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('blocked_at', models.DateTimeField(blank=True, null=True)),
                ('extended_until', models.DateField(blank=True, null=True, verbose_name='extended until')),
            ],
            options={
                'verbose_name': 'voucher',
                'verbose_name_plural': 'vouchers',
            },
        ),
        migrations.CreateModel(
            name='VoucherBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Shown to buyers.', max_length=60, verbose_name='name')),
                ('issued_to', models.CharField(blank=True, max_length=150, verbose_name='issued to')),
                ('number', models.PositiveIntegerField(verbose_name='number of vouchers')),
                ('face_value', models.DecimalField(decimal_places=2, default=0, max_digits=10, verbose_name='price of each')),
                ('currency', models.CharField(default=cinema.models.orders.currency, max_length=3)),
                ('weekdays', models.JSONField(blank=True, default=list, verbose_name='weekdays')),
                ('from_time', models.TimeField(blank=True, null=True, verbose_name='shows from')),
                ('until_time', models.TimeField(blank=True, null=True, verbose_name='shows until')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('blocked_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'voucher batch',
                'verbose_name_plural': 'voucher batches',
            },
        ),
        migrations.RemoveConstraint(
            model_name='payment',
            name='payment_one_pending_per_order',
        ),
        migrations.AddField(
            model_name='order',
            name='uses_vouchers',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name='payment',
            name='ticket_seat',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='vouchers', to='cinema.ticketseat'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='kept_vouchers',
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, editable=False, max_digits=10),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(choices=[('THEATRE', 'theatre changed'), ('ROLE', 'role added or removed'), ('FILM', 'film changed'), ('IMPORT', 'films imported'), ('HALL', 'hall changed'), ('BLOCK', 'seats blocked'), ('UNBLOCK', 'seats unblocked'), ('PRICES', 'prices changed'), ('SCHEDULE', 'shows planned'), ('PUBLISH', 'shows published'), ('SHOW', 'show changed'), ('SHOW_CANCEL', 'show cancelled'), ('RESEND', 'ticket sent again'), ('EMAIL', 'email address corrected'), ('CANCEL', 'ticket cancelled'), ('REFUND', 'refund made'), ('SETTLE', 'refund settled by hand'), ('MOVE', 'seats changed'), ('EXCHANGE', 'exchanged for another show'), ('GIFT_CARD', 'gift card blocked or replaced'), ('TILL', 'till changed, counted or closed'), ('PIN', 'PIN set'), ('VOUCHERS', 'vouchers issued or blocked'), ('EXPORT', 'exported'), ('LEGAL', 'legal text published'), ('ERASE', 'personal data erased'), ('ADMIN', 'changed in the database'), ('SIGN_IN', 'signed in'), ('SIGN_IN_FAILED', 'sign-in failed'), ('LOCK_OUT', 'locked out after failed sign-ins'), ('SIGN_OUT', 'signed out'), ('SIGN_UP', 'account created'), ('PASSWORD', 'password changed'), ('PASSWORD_RESET', 'password reset'), ('NEW_EMAIL', 'account email address changed'), ('TOKEN', 'API token created or deleted')], max_length=16, verbose_name='action'),
        ),
        migrations.AlterField(
            model_name='failedtry',
            name='kind',
            field=models.CharField(choices=[('TICKET', 'email address of a ticket'), ('PASSWORD', 'password of an account'), ('TOKEN', 'API token'), ('COUPON', 'coupon code'), ('GIFT_CARD', 'code of a gift card or voucher'), ('GIFT_ORDER', 'order of a gift card, of which each counts'), ('PIN', 'PIN of somebody at a till')], max_length=10),
        ),
        migrations.AlterField(
            model_name='payment',
            name='mode',
            field=models.CharField(choices=[('UPI', 'UPI'), ('CARD', 'Card'), ('NETBANKING', 'Net banking'), ('WALLET', 'Wallet'), ('GIFT_CARD', 'Gift card'), ('VOUCHER', 'Voucher')], max_length=12, verbose_name='payment mode'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='reason',
            field=models.CharField(choices=[('CANCELLED', 'ticket cancelled'), ('SHOW_CANCELLED', 'show cancelled'), ('SHOW_STARTED', 'the payment arrived after the show had started'), ('SEATS_GONE', 'the seats were gone when the payment arrived'), ('PRICE_ROSE', 'the seats cost more when the payment arrived'), ('CARD_SPENT', 'the gift card had been spent when the payment arrived'), ('VOUCHER_USED', 'the voucher had been used when the payment arrived'), ('PAID_TWICE', 'paid twice'), ('SEATS_RETURNED', 'seats refunded'), ('GOODWILL', 'goodwill'), ('AT_PROVIDER', 'made at the provider')], max_length=14, verbose_name='reason'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('kept_vouchers__gte', 0), ('kept_vouchers__lte', models.F('kept'))), name='ticket_keeps_what_vouchers_paid'),
        ),
        migrations.AddField(
            model_name='payment',
            name='voucher',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='cinema.voucher'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('voucher__isnull', False)), fields=['voucher'], name='payment_by_voucher'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('gift_card', None), ('status', 'PENDING'), ('voucher', None)), fields=('order',), name='payment_one_pending_per_order'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('voucher__isnull', False), models.Q(('status__in', ['FAILED', 'REFUNDED']), _negated=True)), fields=('voucher',), name='payment_voucher_used_once'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('voucher__isnull', False), models.Q(('status__in', ['FAILED', 'REFUNDED']), _negated=True)), fields=('ticket_seat',), name='payment_one_voucher_per_seat'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ticket_seat', None), ('voucher', None)), models.Q(('gift_card', None), ('mode', 'VOUCHER'), ('ticket_seat__isnull', False), ('voucher__isnull', False)), _connector='OR'), name='payment_voucher_for_a_seat'),
        ),
        migrations.AddField(
            model_name='voucherbatch',
            name='categories',
            field=models.ManyToManyField(blank=True, related_name='+', to='cinema.seatcategory', verbose_name='seat categories'),
        ),
        migrations.AddField(
            model_name='voucherbatch',
            name='created_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='voucherbatch',
            name='movies',
            field=models.ManyToManyField(blank=True, related_name='+', to='cinema.movie', verbose_name='films'),
        ),
        migrations.AddField(
            model_name='voucherbatch',
            name='theatre',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='voucher_batches', to='cinema.theatre'),
        ),
        migrations.AddField(
            model_name='voucherbatch',
            name='ticket_types',
            field=models.ManyToManyField(blank=True, related_name='+', to='cinema.tickettype', verbose_name='ticket types'),
        ),
        migrations.AddField(
            model_name='voucher',
            name='batch',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='vouchers', to='cinema.voucherbatch'),
        ),
        migrations.AddConstraint(
            model_name='voucherbatch',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1), ('number__lte', 10000)), name='voucher_batch_has_vouchers'),
        ),
        migrations.AddConstraint(
            model_name='voucherbatch',
            constraint=models.CheckConstraint(condition=models.Q(('face_value__gte', 0)), name='voucher_batch_face_value_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='voucherbatch',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from', None), ('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='voucher_batch_ends_after_it_begins'),
        ),
        migrations.AddIndex(
            model_name='voucher',
            index=models.Index(fields=['batch', 'id'], name='voucher_by_batch'),
        ),
        migrations.AddIndex(
            model_name='voucher',
            index=models.Index(cinema.models.lookups.VoucherEnd('code'), name='voucher_by_end'),
        ),
    ]
