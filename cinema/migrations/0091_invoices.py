"""Invoices and what is paid of them, which the database lets nobody alter."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cinema.models.codes

stays = import_module("cinema.migrations.0010_the_trail_stays")
TABLE = "cinema_invoicepayment"


def let_nobody_alter(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(stays.POSTGRESQL.format(table=TABLE))
    for event in stays.EVENTS if schema_editor.connection.vendor == "sqlite" else ():
        schema_editor.execute(stays.SQLITE.format(table=TABLE, event=event))


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0090_receipt_printers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', cinema.models.codes.CodeField(default=cinema.models.codes.new_code, editable=False, max_length=22, unique=True)),
                ('payer', models.CharField(max_length=150, verbose_name='payer')),
                ('address', models.CharField(max_length=300, verbose_name='address')),
                ('tax_number', models.CharField(blank=True, default='', max_length=40, verbose_name='tax number')),
                ('due_on', models.DateField(verbose_name='due')),
                ('left', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='left to pay')),
            ],
            options={
                'verbose_name': 'invoice',
                'verbose_name_plural': 'invoices',
            },
        ),
        migrations.CreateModel(
            name='InvoicePayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('CASH', 'Cash'), ('TRANSFER', 'Bank transfer')], max_length=8, verbose_name='paid by')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='amount')),
                ('rounding', models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=10, verbose_name='rounding')),
                ('reference', models.CharField(blank=True, default='', max_length=100, verbose_name='reference')),
                ('paid_on', models.DateField(verbose_name='paid on')),
                ('at', models.DateTimeField(verbose_name='entered')),
                ('key', models.CharField(editable=False, max_length=64, unique=True)),
            ],
            options={
                'verbose_name': 'payment of an invoice',
                'verbose_name_plural': 'payments of invoices',
            },
        ),
        migrations.RemoveConstraint(
            model_name='payment',
            name='payment_at_a_till',
        ),
        migrations.AddField(
            model_name='receipt',
            name='invoice',
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='allowedprice',
            name='reason',
            field=models.CharField(choices=[('WRONG_SHOW', 'wrong show or seats'), ('WRONG_TICKETS', 'wrong ticket types'), ('WRONG_TENDER', 'booked as paid another way'), ('CHANGED_MIND', 'the buyer changed their mind'), ('NOT_FINISHED', 'the sale was not finished'), ('TRAINING', 'trial or training'), ('GUEST', 'guest of the house'), ('STAFF', 'employee'), ('PRESS', 'press'), ('PRIZE', 'prize'), ('COMPLAINT', 'complaint'), ('ANNOUNCED', 'announced at another price'), ('AGREED', 'agreed price'), ('SCHOOL', 'school or kindergarten'), ('COMPANY', 'company'), ('CLUB', 'club or association'), ('AUTHORITY', 'public authority')], max_length=14, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='counteraction',
            name='kind',
            field=models.CharField(choices=[('VOID', 'sale voided'), ('COMP', 'free of charge'), ('PRICE', 'price changed'), ('REPRINT', 'printed again'), ('INVOICE', 'sold on invoice')], max_length=8, verbose_name='what'),
        ),
        migrations.AlterField(
            model_name='counteraction',
            name='reason',
            field=models.CharField(blank=True, choices=[('WRONG_SHOW', 'wrong show or seats'), ('WRONG_TICKETS', 'wrong ticket types'), ('WRONG_TENDER', 'booked as paid another way'), ('CHANGED_MIND', 'the buyer changed their mind'), ('NOT_FINISHED', 'the sale was not finished'), ('TRAINING', 'trial or training'), ('GUEST', 'guest of the house'), ('STAFF', 'employee'), ('PRESS', 'press'), ('PRIZE', 'prize'), ('COMPLAINT', 'complaint'), ('ANNOUNCED', 'announced at another price'), ('AGREED', 'agreed price'), ('SCHOOL', 'school or kindergarten'), ('COMPANY', 'company'), ('CLUB', 'club or association'), ('AUTHORITY', 'public authority')], default='', max_length=14, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='moneyentry',
            name='kind',
            field=models.CharField(choices=[('CAPTURE', 'payment received'), ('SALE', 'sale'), ('REFUND_OWED', 'refund recorded'), ('REFUND_PAID', 'refund paid out'), ('REFUND_UNDONE', 'refund came back'), ('DISPUTE_OPENED', 'dispute opened'), ('DISPUTE_WON', 'dispute won'), ('DISPUTE_LOST', 'dispute lost'), ('PROVIDER_FEE', 'provider’s fee'), ('PAYOUT', 'payout'), ('ROUNDING', 'cash rounded'), ('TILL_OPENED', 'float put into a drawer'), ('DROP', 'cash taken to the safe'), ('PAID_IN', 'cash paid in'), ('PAID_OUT', 'cash paid out'), ('VARIANCE', 'difference in a drawer'), ('TILL_CLOSED', 'drawer emptied'), ('INVOICE_PAID', 'invoice paid')], max_length=14, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='mode',
            field=models.CharField(choices=[('UPI', 'UPI'), ('CARD', 'Card'), ('NETBANKING', 'Net banking'), ('WALLET', 'Wallet'), ('GIFT_CARD', 'Gift card'), ('VOUCHER', 'Voucher'), ('CASH', 'Cash'), ('TERMINAL', 'Card terminal'), ('INVOICE', 'Invoice'), ('READER', 'Card reader')], max_length=12, verbose_name='payment mode'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mode__in', ('CASH', 'TERMINAL', 'INVOICE')), _negated=True), models.Q(('gateway', ''), ('till_session__isnull', False)), _connector='OR'), name='payment_at_a_till'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='payment',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='invoice', to='cinema.payment'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='theatre',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='cinema.theatre'),
        ),
        migrations.AddField(
            model_name='invoicepayment',
            name='by',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='invoicepayment',
            name='invoice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='cinema.invoice'),
        ),
        migrations.AddField(
            model_name='invoicepayment',
            name='till_session',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invoice_payments', to='cinema.tillsession'),
        ),
        migrations.AddField(
            model_name='moneyentry',
            name='invoice_payment',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='cinema.invoicepayment'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('left__gt', 0)), fields=['theatre', 'due_on'], name='invoice_open'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('left__gte', 0)), name='invoice_left_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='invoicepayment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='invoice_payment_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='invoicepayment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('till_session__isnull', False), ('way', 'CASH')), models.Q(('rounding', 0), ('till_session', None), ('way', 'TRANSFER'), models.Q(('reference', ''), _negated=True)), _connector='OR'), name='invoice_payment_at_a_till_or_by_transfer'),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(choices=[('THEATRE', 'theatre changed'), ('ROLE', 'role added or removed'), ('FILM', 'film changed'), ('IMPORT', 'films imported'), ('HALL', 'hall changed'), ('BLOCK', 'seats blocked'), ('UNBLOCK', 'seats unblocked'), ('PRICES', 'prices changed'), ('SCHEDULE', 'shows planned'), ('PUBLISH', 'shows published'), ('SHOW', 'show changed'), ('SHOW_CANCEL', 'show cancelled'), ('NOTE', 'note on a show written or removed'), ('RESEND', 'sent again'), ('EMAIL', 'email address corrected'), ('CANCEL', 'ticket cancelled'), ('REFUND', 'refund made'), ('SETTLE', 'refund settled by hand'), ('MOVE', 'seats changed'), ('EXCHANGE', 'exchanged for another show'), ('GIFT_CARD', 'gift card blocked or replaced'), ('TILL', 'till changed, counted or closed'), ('INVOICE', 'payment of an invoice entered'), ('PIN', 'PIN set'), ('COUNTER', 'allowed at the counter'), ('VOUCHERS', 'vouchers issued or blocked'), ('EXPORT', 'exported'), ('LEGAL', 'legal text published'), ('ERASE', 'personal data erased'), ('ADMIN', 'changed in the database'), ('SIGN_IN', 'signed in'), ('SIGN_IN_FAILED', 'sign-in failed'), ('LOCK_OUT', 'locked out after failed sign-ins'), ('SIGN_OUT', 'signed out'), ('SIGN_UP', 'account created'), ('PASSWORD', 'password changed'), ('PASSWORD_RESET', 'password reset'), ('NEW_EMAIL', 'account email address changed'), ('TOKEN', 'API token created or deleted')], max_length=16, verbose_name='action'),
        ),
        migrations.RunPython(let_nobody_alter, migrations.RunPython.noop),  # the triggers go with the table
    ]
