"""Refunds fail and are settled by hand; payments are disputed; what a provider reports that does not fit is kept."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0049_provider_events'),
    ]

    operations = [
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(max_length=40)),
                ('dispute_id', models.CharField(max_length=255)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='amount')),
                ('status', models.CharField(choices=[('OPEN', 'open'), ('WON', 'won'), ('LOST', 'lost')], max_length=4, verbose_name='status')),
                ('opened_at', models.DateTimeField()),
                ('respond_by', models.DateTimeField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'dispute',
                'verbose_name_plural': 'disputes',
            },
        ),
        migrations.CreateModel(
            name='PaymentIncident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('MISMATCH', 'another amount or currency than asked for was paid'), ('OVER_REFUND', 'more was refunded at the provider than was paid')], max_length=12, verbose_name='kind')),
                ('reported', models.CharField(max_length=100)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'payment incident',
                'verbose_name_plural': 'payment incidents',
            },
        ),
        migrations.AddField(
            model_name='refund',
            name='provider_id',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=255),
        ),
        migrations.AddField(
            model_name='refund',
            name='tries',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(choices=[('THEATRE', 'theatre changed'), ('ROLE', 'role added or removed'), ('FILM', 'film changed'), ('IMPORT', 'films imported'), ('HALL', 'hall changed'), ('BLOCK', 'seats blocked'), ('UNBLOCK', 'seats unblocked'), ('PRICES', 'prices changed'), ('SCHEDULE', 'shows planned'), ('PUBLISH', 'shows published'), ('SHOW', 'show changed'), ('SHOW_CANCEL', 'show cancelled'), ('RESEND', 'ticket sent again'), ('EMAIL', 'email address corrected'), ('CANCEL', 'ticket cancelled'), ('REFUND', 'refund made'), ('SETTLE', 'refund settled by hand'), ('MOVE', 'seats changed'), ('EXCHANGE', 'exchanged for another show'), ('EXPORT', 'exported'), ('LEGAL', 'legal text published'), ('ERASE', 'personal data erased'), ('ADMIN', 'changed in the database'), ('SIGN_IN', 'signed in'), ('SIGN_IN_FAILED', 'sign-in failed'), ('LOCK_OUT', 'locked out after failed sign-ins'), ('SIGN_OUT', 'signed out'), ('SIGN_UP', 'account created'), ('PASSWORD', 'password changed'), ('PASSWORD_RESET', 'password reset'), ('NEW_EMAIL', 'account email address changed'), ('TOKEN', 'API token created or deleted')], max_length=16, verbose_name='action'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='status',
            field=models.CharField(choices=[('PENDING', 'waiting'), ('SUCCESS', 'paid'), ('REPLACED', 'replaced by another payment'), ('FAILED', 'failed'), ('PART_REFUNDED', 'partly refunded'), ('REFUNDED', 'refunded'), ('DISPUTED', 'disputed')], default='PENDING', max_length=14, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='reason',
            field=models.CharField(choices=[('CANCELLED', 'ticket cancelled'), ('SHOW_CANCELLED', 'show cancelled'), ('SHOW_STARTED', 'the payment arrived after the show had started'), ('SEATS_GONE', 'the seats were gone when the payment arrived'), ('PRICE_ROSE', 'the seats cost more when the payment arrived'), ('PAID_TWICE', 'paid twice'), ('SEATS_RETURNED', 'seats refunded'), ('GOODWILL', 'goodwill'), ('AT_PROVIDER', 'made at the provider')], max_length=14, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='status',
            field=models.CharField(choices=[('PENDING', 'on its way'), ('DONE', 'done'), ('FAILED', 'refused by the provider'), ('BY_HAND', 'settled by hand')], default='PENDING', max_length=10, verbose_name='status'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('status', 'FAILED')), fields=['created_at'], name='refund_failed'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('provider_id', ''), _negated=True), fields=['provider_id'], name='refund_provider_id'),
        ),
        migrations.AddField(
            model_name='dispute',
            name='payment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='cinema.payment'),
        ),
        migrations.AddField(
            model_name='paymentincident',
            name='payment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='cinema.payment'),
        ),
        migrations.AddIndex(
            model_name='dispute',
            index=models.Index(condition=models.Q(('status', 'OPEN')), fields=['opened_at'], name='dispute_open'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.UniqueConstraint(fields=('gateway', 'dispute_id'), name='dispute_once'),
        ),
        migrations.AddIndex(
            model_name='paymentincident',
            index=models.Index(fields=['created_at'], name='incident_by_time'),
        ),
        migrations.AddConstraint(
            model_name='paymentincident',
            constraint=models.UniqueConstraint(fields=('payment', 'kind', 'reported'), name='payment_incident_once'),
        ),
    ]
