"""Cash is rounded to the smallest coin of its currency."""

import django.db.models.expressions
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0082_settled_conflicts'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='payment',
            name='payment_tendered_in_cash',
        ),
        migrations.AddField(
            model_name='payment',
            name='rounding',
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=10, verbose_name='rounding'),
        ),
        migrations.AddField(
            model_name='refund',
            name='rounding',
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=10, verbose_name='rounding'),
        ),
        migrations.AlterField(
            model_name='moneyentry',
            name='kind',
            field=models.CharField(choices=[('CAPTURE', 'payment received'), ('SALE', 'sale'), ('REFUND_OWED', 'refund recorded'), ('REFUND_PAID', 'refund paid out'), ('REFUND_UNDONE', 'refund came back'), ('DISPUTE_OPENED', 'dispute opened'), ('DISPUTE_WON', 'dispute won'), ('DISPUTE_LOST', 'dispute lost'), ('PROVIDER_FEE', 'provider’s fee'), ('PAYOUT', 'payout'), ('ROUNDING', 'cash rounded'), ('TILL_OPENED', 'float put into a drawer'), ('DROP', 'cash taken to the safe'), ('PAID_IN', 'cash paid in'), ('PAID_OUT', 'cash paid out'), ('VARIANCE', 'difference in a drawer'), ('TILL_CLOSED', 'drawer emptied')], max_length=14, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('tendered', None), models.Q(('mode', 'CASH'), ('tendered__gt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('amount'), '+', models.F('rounding')), '-', models.Value(Decimal('0.005'))))), _connector='OR'), name='payment_tendered_in_cash'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('rounding', 0), ('mode', 'CASH'), _connector='OR'), name='payment_rounded_in_cash'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('rounding', 0), ('till_session__isnull', False), _connector='OR'), name='refund_rounded_at_a_till'),
        ),
    ]
