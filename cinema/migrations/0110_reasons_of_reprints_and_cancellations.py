"""Reprints and cancellations have reasons. SQLite builds the table anew, so its triggers are created again."""

from importlib import import_module

from django.db import migrations, models

stays = import_module("cinema.migrations.0010_the_trail_stays")


def let_nobody_alter(apps, schema_editor):
    for event in stays.EVENTS if schema_editor.connection.vendor == "sqlite" else ():
        schema_editor.execute(stays.SQLITE.format(table="cinema_counteraction", event=event))


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0109_private_hires'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, let_nobody_alter),
        migrations.RemoveConstraint(
            model_name='counteraction',
            name='counter_action_is_allowed',
        ),
        migrations.AlterField(
            model_name='allowedprice',
            name='reason',
            field=models.CharField(choices=[('WRONG_SHOW', 'wrong show or seats'), ('WRONG_TICKETS', 'wrong ticket types'), ('WRONG_TENDER', 'booked as paid another way'), ('CHANGED_MIND', 'the buyer changed their mind'), ('NOT_FINISHED', 'the sale was not finished'), ('TRAINING', 'trial or training'), ('GUEST', 'guest of the house'), ('STAFF', 'employee'), ('PRESS', 'press'), ('PRIZE', 'prize'), ('COMPLAINT', 'complaint'), ('ANNOUNCED', 'announced at another price'), ('AGREED', 'agreed price'), ('SCHOOL', 'school or kindergarten'), ('COMPANY', 'company'), ('CLUB', 'club or association'), ('AUTHORITY', 'public authority'), ('WRONG_INVOICE', 'entered for the wrong invoice'), ('WRONG_AMOUNT', 'wrong amount'), ('ENTERED_TWICE', 'entered twice'), ('NOT_RECEIVED', 'the money did not come, or went back'), ('UNREADABLE', 'not readable, or did not come out'), ('LOST', 'lost by the buyer'), ('UNCONFIRMED', 'the printer did not confirm it'), ('PREVENTED', 'the buyer cannot come'), ('TECHNICAL', 'technical fault')], max_length=14, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='counteraction',
            name='kind',
            field=models.CharField(choices=[('VOID', 'sale voided'), ('COMP', 'free of charge'), ('PRICE', 'price changed'), ('REPRINT', 'printed again'), ('CANCEL', 'cancelled'), ('INVOICE', 'sold on invoice'), ('REVERSAL', 'payment of an invoice reversed')], max_length=8, verbose_name='what'),
        ),
        migrations.AlterField(
            model_name='counteraction',
            name='reason',
            field=models.CharField(blank=True, choices=[('WRONG_SHOW', 'wrong show or seats'), ('WRONG_TICKETS', 'wrong ticket types'), ('WRONG_TENDER', 'booked as paid another way'), ('CHANGED_MIND', 'the buyer changed their mind'), ('NOT_FINISHED', 'the sale was not finished'), ('TRAINING', 'trial or training'), ('GUEST', 'guest of the house'), ('STAFF', 'employee'), ('PRESS', 'press'), ('PRIZE', 'prize'), ('COMPLAINT', 'complaint'), ('ANNOUNCED', 'announced at another price'), ('AGREED', 'agreed price'), ('SCHOOL', 'school or kindergarten'), ('COMPANY', 'company'), ('CLUB', 'club or association'), ('AUTHORITY', 'public authority'), ('WRONG_INVOICE', 'entered for the wrong invoice'), ('WRONG_AMOUNT', 'wrong amount'), ('ENTERED_TWICE', 'entered twice'), ('NOT_RECEIVED', 'the money did not come, or went back'), ('UNREADABLE', 'not readable, or did not come out'), ('LOST', 'lost by the buyer'), ('UNCONFIRMED', 'the printer did not confirm it'), ('PREVENTED', 'the buyer cannot come'), ('TECHNICAL', 'technical fault')], default='', max_length=14, verbose_name='reason'),
        ),
        migrations.AddConstraint(
            model_name='counteraction',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'REPRINT'), models.Q(models.Q(('reason', ''), _negated=True), ('allowed_by__isnull', False), models.Q(('session__isnull', False), ('kind__in', ['REVERSAL', 'CANCEL']), _connector='OR')), _connector='OR'), name='counter_action_is_allowed'),
        ),
        migrations.RunPython(let_nobody_alter, migrations.RunPython.noop),
    ]
