"""Tills, their sessions and what is moved into and out of their drawers; PINs of those who work there.

The database lets nobody alter a movement, or a session that is closed.
"""

from importlib import import_module

import cinema.models.codes
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

stays = import_module("cinema.migrations.0010_the_trail_stays")

MOVEMENTS, SESSIONS = "cinema_cashmovement", "cinema_tillsession"
POSTGRESQL = """
    CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW WHEN (OLD.z_number IS NOT NULL) EXECUTE FUNCTION cinema_stays()
"""
SQLITE = """
    CREATE TRIGGER {table}_stays_on_{event} BEFORE {event} ON {table} WHEN OLD.z_number IS NOT NULL
    BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END
"""


def let_nobody_alter(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(stays.POSTGRESQL.format(table=MOVEMENTS))
        schema_editor.execute(POSTGRESQL.format(table=SESSIONS))
    for event in stays.EVENTS if schema_editor.connection.vendor == "sqlite" else ():
        schema_editor.execute(stays.SQLITE.format(table=MOVEMENTS, event=event))
        schema_editor.execute(SQLITE.format(table=SESSIONS, event=event))


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0072_gift_cards_pay'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(choices=[('THEATRE', 'theatre changed'), ('ROLE', 'role added or removed'), ('FILM', 'film changed'), ('IMPORT', 'films imported'), ('HALL', 'hall changed'), ('BLOCK', 'seats blocked'), ('UNBLOCK', 'seats unblocked'), ('PRICES', 'prices changed'), ('SCHEDULE', 'shows planned'), ('PUBLISH', 'shows published'), ('SHOW', 'show changed'), ('SHOW_CANCEL', 'show cancelled'), ('RESEND', 'ticket sent again'), ('EMAIL', 'email address corrected'), ('CANCEL', 'ticket cancelled'), ('REFUND', 'refund made'), ('SETTLE', 'refund settled by hand'), ('MOVE', 'seats changed'), ('EXCHANGE', 'exchanged for another show'), ('GIFT_CARD', 'gift card blocked or replaced'), ('TILL', 'till changed, counted or closed'), ('PIN', 'PIN set'), ('EXPORT', 'exported'), ('LEGAL', 'legal text published'), ('ERASE', 'personal data erased'), ('ADMIN', 'changed in the database'), ('SIGN_IN', 'signed in'), ('SIGN_IN_FAILED', 'sign-in failed'), ('LOCK_OUT', 'locked out after failed sign-ins'), ('SIGN_OUT', 'signed out'), ('SIGN_UP', 'account created'), ('PASSWORD', 'password changed'), ('PASSWORD_RESET', 'password reset'), ('NEW_EMAIL', 'account email address changed'), ('TOKEN', 'API token created or deleted')], max_length=16, verbose_name='action'),
        ),
        migrations.AlterField(
            model_name='failedtry',
            name='kind',
            field=models.CharField(choices=[('TICKET', 'email address of a ticket'), ('PASSWORD', 'password of an account'), ('TOKEN', 'API token'), ('COUPON', 'coupon code'), ('GIFT_CARD', 'code of a gift card'), ('GIFT_ORDER', 'order of a gift card, of which each counts'), ('PIN', 'PIN of somebody at a till')], max_length=10),
        ),
        migrations.AlterField(
            model_name='moneyentry',
            name='kind',
            field=models.CharField(choices=[('CAPTURE', 'payment received'), ('SALE', 'sale'), ('REFUND_OWED', 'refund recorded'), ('REFUND_PAID', 'refund paid out'), ('REFUND_UNDONE', 'refund came back'), ('DISPUTE_OPENED', 'dispute opened'), ('DISPUTE_WON', 'dispute won'), ('DISPUTE_LOST', 'dispute lost'), ('PROVIDER_FEE', 'provider’s fee'), ('PAYOUT', 'payout'), ('TILL_OPENED', 'float put into a drawer'), ('DROP', 'cash taken to the safe'), ('PAID_IN', 'cash paid in'), ('PAID_OUT', 'cash paid out'), ('VARIANCE', 'difference in a drawer'), ('TILL_CLOSED', 'drawer emptied')], max_length=14, verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='StaffPin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pin', models.CharField(editable=False, max_length=128)),
                ('theatre', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pins', to='cinema.theatre')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pins', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'PIN',
                'verbose_name_plural': 'PINs',
            },
        ),
        migrations.CreateModel(
            name='Till',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('active', models.BooleanField(db_default=True, default=True, verbose_name='in use')),
                ('theatre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tills', to='cinema.theatre')),
            ],
            options={
                'verbose_name': 'till',
                'verbose_name_plural': 'tills',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='TillSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', cinema.models.codes.CodeField(default=cinema.models.codes.new_code, editable=False, max_length=22, unique=True)),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('opening_float', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='float')),
                ('counts', models.JSONField(blank=True, default=dict, verbose_name='notes and coins')),
                ('counted', models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True, verbose_name='counted')),
                ('counted_at', models.DateTimeField(blank=True, null=True)),
                ('expected', models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True, verbose_name='expected')),
                ('variance', models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True, verbose_name='variance')),
                ('reason', models.CharField(blank=True, default='', max_length=200, verbose_name='reason')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('z_number', models.PositiveIntegerField(blank=True, null=True, verbose_name='number')),
                ('closed_by', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='closed by')),
                ('opened_by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by')),
                ('theatre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='till_sessions', to='cinema.theatre')),
                ('till', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='cinema.till')),
                ('witness', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='second person')),
            ],
            options={
                'verbose_name': 'till session',
                'verbose_name_plural': 'till sessions',
            },
        ),
        migrations.CreateModel(
            name='CashMovement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('DROP', 'taken to the safe'), ('PAID_IN', 'paid in'), ('PAID_OUT', 'paid out')], max_length=8, verbose_name='kind')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=10, verbose_name='amount')),
                ('reason', models.CharField(blank=True, default='', max_length=200, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('key', models.CharField(editable=False, max_length=64, unique=True)),
                ('by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='cinema.tillsession')),
            ],
            options={
                'verbose_name': 'cash movement',
                'verbose_name_plural': 'cash movements',
            },
        ),
        migrations.AddField(
            model_name='moneyentry',
            name='till_session',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='cinema.tillsession'),
        ),
        migrations.AddIndex(
            model_name='moneyentry',
            index=models.Index(condition=models.Q(('till_session__isnull', False)), fields=['till_session'], name='money_entry_by_till_session'),
        ),
        migrations.AddConstraint(
            model_name='staffpin',
            constraint=models.UniqueConstraint(fields=('user', 'theatre'), name='staff_pin_once'),
        ),
        migrations.AddConstraint(
            model_name='till',
            constraint=models.UniqueConstraint(fields=('theatre', 'name'), name='till_name_unique_in_theatre'),
        ),
        migrations.AddConstraint(
            model_name='tillsession',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('till',), name='till_session_one_open'),
        ),
        migrations.AddConstraint(
            model_name='tillsession',
            constraint=models.UniqueConstraint(fields=('theatre', 'z_number'), name='till_session_z_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='tillsession',
            constraint=models.CheckConstraint(condition=models.Q(('opening_float__gte', 0)), name='till_session_float_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='tillsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('counted', None), ('counted_at', None)), models.Q(('counted__gte', 0), ('counted_at__isnull', False)), _connector='OR'), name='till_session_counted_at'),
        ),
        migrations.AddConstraint(
            model_name='tillsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_by', None), ('expected', None), ('variance', None), ('witness', None), ('z_number', None)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('expected__isnull', False), ('z_number__gt', 0), ('counted__isnull', False), ('variance', django.db.models.expressions.CombinedExpression(models.F('counted'), '-', models.F('expected')))), _connector='OR'), name='till_session_closed_with_a_z_report'),
        ),
        migrations.AddConstraint(
            model_name='tillsession',
            constraint=models.CheckConstraint(condition=models.Q(('variance', None), ('variance', 0), models.Q(models.Q(('reason', ''), _negated=True), ('witness__isnull', False), models.Q(('witness', models.F('closed_by')), _negated=True)), _connector='OR'), name='till_session_variance_has_a_witness'),
        ),
        migrations.AddConstraint(
            model_name='cashmovement',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='cash_movement_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='cashmovement',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'DROP'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='cash_movement_paid_for_a_reason'),
        ),
        migrations.RunPython(let_nobody_alter, migrations.RunPython.noop),  # the triggers go with the tables
    ]
