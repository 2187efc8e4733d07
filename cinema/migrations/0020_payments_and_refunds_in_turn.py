"""Payments and refunds get a time at which they are tried next, and a ticket has one pending payment at most."""

from datetime import timedelta

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now

UNDECIDED_FOR, DECLINED_FOR = timedelta(days=90), timedelta(days=2)  # as in services.money.payments
LATE = 36  # attempts, after which the next one is most of a day away


def plan_attempts(apps, schema_editor):
    Payment, Refund, Chore = (apps.get_model("cinema", name) for name in ("Payment", "Refund", "Chore"))
    pending = Payment.objects.filter(status="PENDING")
    later = pending.filter(ticket=OuterRef("ticket"), pk__gt=OuterRef("pk"))
    keys = list(pending.filter(Exists(later)).values_list("pk", flat=True))
    Payment.objects.filter(pk__in=keys).update(status="REPLACED")
    undecided = Payment.objects.filter(status__in=["PENDING", "REPLACED"], created_at__gt=Now() - UNDECIDED_FOR)
    declined = Payment.objects.filter(status="FAILED", created_at__gt=Now() - DECLINED_FOR)
    for unpaid in (undecided, declined):
        unpaid.update(due_at=Now())
        unpaid.filter(created_at__lt=Now() - timedelta(days=1)).update(attempts=LATE)
    Refund.objects.filter(status="PENDING").update(due_at=F("created_at"))
    Chore.objects.filter(name="old payments").delete()
    if schema_editor.connection.vendor == "postgresql":  # which makes no index while checks of these rows are open
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def unplan_attempts(apps, schema_editor):
    apps.get_model("cinema", "Payment").objects.filter(status="REPLACED").update(status="PENDING")


def retried(model):
    """Existing rows have no attempt before them; rows that do not say otherwise are due at once."""
    return [
        migrations.AddField(
            model_name=model,
            name='attempted_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name=model,
            name='attempts',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name=model,
            name='due_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name=model,
            name='due_at',
            field=models.DateTimeField(blank=True, db_default=Now(), editable=False, null=True),
        ),
        migrations.AddField(
            model_name=model,
            name='failing_since',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name=model,
            name='last_error',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=200),
        ),
    ]


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0019_films_as_tables_have_them'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='payment',
            name='payment_unpaid',
        ),
        *retried('payment'),
        *retried('refund'),
        migrations.AddField(
            model_name='payment',
            name='pay_url',
            field=models.TextField(blank=True, db_default='', default='', editable=False),
        ),
        migrations.AlterField(
            model_name='payment',
            name='status',
            field=models.CharField(choices=[('PENDING', 'waiting'), ('SUCCESS', 'paid'), ('REPLACED', 'replaced by another'), ('FAILED', 'failed'), ('PART_REFUNDED', 'refunded in part'), ('REFUNDED', 'refunded')], default='PENDING', max_length=14, verbose_name='status'),
        ),
        migrations.RunPython(plan_attempts, unplan_attempts),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='payment_due'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('failing_since__isnull', False)), fields=['failing_since'], name='payment_failing'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='refund_due'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'PENDING')), fields=('ticket',), name='payment_one_pending_per_ticket'),
        ),
        migrations.CreateModel(
            name='PaymentKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(editable=False, max_length=64, unique=True)),
                ('fingerprint', models.CharField(editable=False, max_length=64)),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='further_keys', to='cinema.payment')),
            ],
            options={
                'verbose_name': 'key of a payment',
                'verbose_name_plural': 'keys of payments',
            },
        ),
    ]
