"""Actions at the counter that need a permission, or are counted, which the database lets nobody alter; and prices below
the list that were allowed."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

stays = import_module("cinema.migrations.0010_the_trail_stays")
TABLE = "cinema_counteraction"


def let_nobody_alter(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(stays.POSTGRESQL.format(table=TABLE))
    for event in stays.EVENTS if schema_editor.connection.vendor == "sqlite" else ():
        schema_editor.execute(stays.SQLITE.format(table=TABLE, event=event))


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0084_parked_sales'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(choices=[('THEATRE', 'theatre changed'), ('ROLE', 'role added or removed'), ('FILM', 'film changed'), ('IMPORT', 'films imported'), ('HALL', 'hall changed'), ('BLOCK', 'seats blocked'), ('UNBLOCK', 'seats unblocked'), ('PRICES', 'prices changed'), ('SCHEDULE', 'shows planned'), ('PUBLISH', 'shows published'), ('SHOW', 'show changed'), ('SHOW_CANCEL', 'show cancelled'), ('NOTE', 'note on a show written or removed'), ('RESEND', 'sent again'), ('EMAIL', 'email address corrected'), ('CANCEL', 'ticket cancelled'), ('REFUND', 'refund made'), ('SETTLE', 'refund settled by hand'), ('MOVE', 'seats changed'), ('EXCHANGE', 'exchanged for another show'), ('GIFT_CARD', 'gift card blocked or replaced'), ('TILL', 'till changed, counted or closed'), ('PIN', 'PIN set'), ('COUNTER', 'allowed at the counter'), ('VOUCHERS', 'vouchers issued or blocked'), ('EXPORT', 'exported'), ('LEGAL', 'legal text published'), ('ERASE', 'personal data erased'), ('ADMIN', 'changed in the database'), ('SIGN_IN', 'signed in'), ('SIGN_IN_FAILED', 'sign-in failed'), ('LOCK_OUT', 'locked out after failed sign-ins'), ('SIGN_OUT', 'signed out'), ('SIGN_UP', 'account created'), ('PASSWORD', 'password changed'), ('PASSWORD_RESET', 'password reset'), ('NEW_EMAIL', 'account email address changed'), ('TOKEN', 'API token created or deleted')], max_length=16, verbose_name='action'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='reason',
            field=models.CharField(choices=[('CANCELLED', 'ticket cancelled'), ('SHOW_CANCELLED', 'show cancelled'), ('SHOW_STARTED', 'the payment arrived after the show had started'), ('SEATS_GONE', 'the seats were gone when the payment arrived'), ('PRICE_ROSE', 'the seats cost more when the payment arrived'), ('CARD_SPENT', 'the gift card had been spent when the payment arrived'), ('VOUCHER_USED', 'the voucher had been used when the payment arrived'), ('CARD_BLOCKED', 'the gift card was blocked when the payment arrived'), ('CARD_RETURNED', 'gift card returned unspent'), ('PAID_TWICE', 'paid twice'), ('SEATS_RETURNED', 'seats refunded'), ('GOODWILL', 'goodwill'), ('AT_PROVIDER', 'made at the provider'), ('VOIDED', 'voided at the till')], max_length=14, verbose_name='reason'),
        ),
        migrations.CreateModel(
            name='AllowedPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price', models.DecimalField(decimal_places=2, max_digits=8, verbose_name='price')),
                ('list_price', models.DecimalField(decimal_places=2, max_digits=8, verbose_name='list price')),
                ('reason', models.CharField(choices=[('WRONG_SHOW', 'wrong show or seats'), ('WRONG_TICKETS', 'wrong ticket types'), ('WRONG_TENDER', 'booked as paid another way'), ('CHANGED_MIND', 'the buyer changed their mind'), ('NOT_FINISHED', 'the sale was not finished'), ('TRAINING', 'trial or training'), ('GUEST', 'guest of the house'), ('STAFF', 'employee'), ('PRESS', 'press'), ('PRIZE', 'prize'), ('COMPLAINT', 'complaint'), ('ANNOUNCED', 'announced at another price'), ('AGREED', 'agreed price')], max_length=14, verbose_name='reason')),
                ('allowed_by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='allowed by')),
                ('by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='seller')),
                ('hold', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='allowed_prices', to='cinema.hold')),
                ('show_seat', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='allowed_prices', to='cinema.showseat')),
            ],
            options={
                'verbose_name': 'allowed price',
                'verbose_name_plural': 'allowed prices',
                'constraints': [models.UniqueConstraint(fields=('hold', 'show_seat'), name='allowed_price_once'), models.CheckConstraint(condition=models.Q(('price__gte', 0), ('price__lt', models.F('list_price'))), name='allowed_price_below_list')],
            },
        ),
        migrations.CreateModel(
            name='CounterAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('VOID', 'sale voided'), ('COMP', 'free of charge'), ('PRICE', 'price changed'), ('REPRINT', 'printed again')], max_length=8, verbose_name='what')),
                ('reason', models.CharField(blank=True, choices=[('WRONG_SHOW', 'wrong show or seats'), ('WRONG_TICKETS', 'wrong ticket types'), ('WRONG_TENDER', 'booked as paid another way'), ('CHANGED_MIND', 'the buyer changed their mind'), ('NOT_FINISHED', 'the sale was not finished'), ('TRAINING', 'trial or training'), ('GUEST', 'guest of the house'), ('STAFF', 'employee'), ('PRESS', 'press'), ('PRIZE', 'prize'), ('COMPLAINT', 'complaint'), ('ANNOUNCED', 'announced at another price'), ('AGREED', 'agreed price')], default='', max_length=14, verbose_name='reason')),
                ('amount', models.DecimalField(decimal_places=2, default=0, max_digits=10, verbose_name='amount')),
                ('seats', models.PositiveSmallIntegerField(default=0, verbose_name='seats')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('key', models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True)),
                ('allowed_by', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='allowed by')),
                ('by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='seller')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counter_actions', to='cinema.order')),
                ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='cinema.tillsession', verbose_name='session')),
            ],
            options={
                'verbose_name': 'action at the counter',
                'verbose_name_plural': 'actions at the counter',
                'indexes': [models.Index(fields=['at'], name='counter_action_by_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='counter_action_amount_not_negative'), models.CheckConstraint(condition=models.Q(('kind', 'REPRINT'), models.Q(models.Q(('reason', ''), _negated=True), ('allowed_by__isnull', False), ('session__isnull', False)), _connector='OR'), name='counter_action_is_allowed')],
            },
        ),
        migrations.RunPython(let_nobody_alter, migrations.RunPython.noop),  # the triggers go with the table
    ]
