"""A payment of an invoice may be reversed by a second row. SQLite builds two tables anew, so their triggers are created
again."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

stays = import_module("cinema.migrations.0010_the_trail_stays")
TABLES = ("cinema_counteraction", "cinema_invoicepayment")


def let_nobody_alter(apps, schema_editor):
    for table in TABLES if schema_editor.connection.vendor == "sqlite" else ():
        for event in stays.EVENTS:
            schema_editor.execute(stays.SQLITE.format(table=table, event=event))


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0094_upi_codes_at_tills'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, let_nobody_alter),
        migrations.RemoveConstraint(
            model_name='counteraction',
            name='counter_action_is_allowed',
        ),
        migrations.RemoveConstraint(
            model_name='invoicepayment',
            name='invoice_payment_amount_positive',
        ),
        migrations.AddField(
            model_name='invoicepayment',
            name='reverses',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversal', to='cinema.invoicepayment', verbose_name='reverses'),
        ),
        migrations.AlterField(
            model_name='allowedprice',
            name='reason',
            field=models.CharField(choices=[('WRONG_SHOW', 'wrong show or seats'), ('WRONG_TICKETS', 'wrong ticket types'), ('WRONG_TENDER', 'booked as paid another way'), ('CHANGED_MIND', 'the buyer changed their mind'), ('NOT_FINISHED', 'the sale was not finished'), ('TRAINING', 'trial or training'), ('GUEST', 'guest of the house'), ('STAFF', 'employee'), ('PRESS', 'press'), ('PRIZE', 'prize'), ('COMPLAINT', 'complaint'), ('ANNOUNCED', 'announced at another price'), ('AGREED', 'agreed price'), ('SCHOOL', 'school or kindergarten'), ('COMPANY', 'company'), ('CLUB', 'club or association'), ('AUTHORITY', 'public authority'), ('WRONG_INVOICE', 'entered for the wrong invoice'), ('WRONG_AMOUNT', 'wrong amount'), ('ENTERED_TWICE', 'entered twice'), ('NOT_RECEIVED', 'the money did not come, or went back')], max_length=14, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='counteraction',
            name='kind',
            field=models.CharField(choices=[('VOID', 'sale voided'), ('COMP', 'free of charge'), ('PRICE', 'price changed'), ('REPRINT', 'printed again'), ('INVOICE', 'sold on invoice'), ('REVERSAL', 'payment of an invoice reversed')], max_length=8, verbose_name='what'),
        ),
        migrations.AlterField(
            model_name='counteraction',
            name='reason',
            field=models.CharField(blank=True, choices=[('WRONG_SHOW', 'wrong show or seats'), ('WRONG_TICKETS', 'wrong ticket types'), ('WRONG_TENDER', 'booked as paid another way'), ('CHANGED_MIND', 'the buyer changed their mind'), ('NOT_FINISHED', 'the sale was not finished'), ('TRAINING', 'trial or training'), ('GUEST', 'guest of the house'), ('STAFF', 'employee'), ('PRESS', 'press'), ('PRIZE', 'prize'), ('COMPLAINT', 'complaint'), ('ANNOUNCED', 'announced at another price'), ('AGREED', 'agreed price'), ('SCHOOL', 'school or kindergarten'), ('COMPANY', 'company'), ('CLUB', 'club or association'), ('AUTHORITY', 'public authority'), ('WRONG_INVOICE', 'entered for the wrong invoice'), ('WRONG_AMOUNT', 'wrong amount'), ('ENTERED_TWICE', 'entered twice'), ('NOT_RECEIVED', 'the money did not come, or went back')], default='', max_length=14, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='moneyentry',
            name='kind',
            field=models.CharField(choices=[('CAPTURE', 'payment received'), ('SALE', 'sale'), ('REFUND_OWED', 'refund recorded'), ('REFUND_PAID', 'refund paid out'), ('REFUND_UNDONE', 'refund came back'), ('DISPUTE_OPENED', 'dispute opened'), ('DISPUTE_WON', 'dispute won'), ('DISPUTE_LOST', 'dispute lost'), ('PROVIDER_FEE', 'provider’s fee'), ('PAYOUT', 'payout'), ('ROUNDING', 'cash rounded'), ('TILL_OPENED', 'float put into a drawer'), ('DROP', 'cash taken to the safe'), ('PAID_IN', 'cash paid in'), ('PAID_OUT', 'cash paid out'), ('VARIANCE', 'difference in a drawer'), ('TILL_CLOSED', 'drawer emptied'), ('INVOICE_PAID', 'invoice paid'), ('INVOICE_UNDONE', 'payment of an invoice reversed')], max_length=14, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='counteraction',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'REPRINT'), models.Q(models.Q(('reason', ''), _negated=True), ('allowed_by__isnull', False), models.Q(('session__isnull', False), ('kind', 'REVERSAL'), _connector='OR')), _connector='OR'), name='counter_action_is_allowed'),
        ),
        migrations.AddConstraint(
            model_name='invoicepayment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('reverses', None)), models.Q(('amount__lt', 0), ('reverses__isnull', False)), _connector='OR'), name='invoice_payment_or_its_reversal'),
        ),
        migrations.RunPython(let_nobody_alter, migrations.RunPython.noop),
    ]
