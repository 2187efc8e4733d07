"""Replace names, e-mail addresses and fingerprints in the audit trail that there is by keys.

In batches, each with the triggers of 0010 lifted in its own transaction: what an interrupted migration wrote is written
again without harm. Django's own log of its admin loses the names of accounts, too.
"""

from importlib import import_module

from django.db import migrations, transaction

BATCH = 1_000
TABLE = 'cinema_auditevent'
PEOPLE = ['SIGN_IN', 'SIGN_IN_FAILED', 'LOCK_OUT', 'SIGN_OUT', 'SIGN_UP', 'PASSWORD', 'PASSWORD_RESET', 'TOKEN']
SQLITE = import_module('cinema.migrations.0010_the_trail_stays').SQLITE


def name_nobody(apps, schema_editor):
    AuditEvent = apps.get_model('cinema', 'AuditEvent')
    events = AuditEvent.objects.filter(action__in=[*PEOPLE, 'ROLE', 'ADMIN', 'RESEND']).order_by('pk')
    last = 0
    while batch := list(events.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        for event in batch:
            blank(event)
        with transaction.atomic():
            lift(schema_editor)
            AuditEvent.objects.bulk_update(batch, ['person', 'subject', 'details'], batch_size=200)
            restore(schema_editor)
    apps.get_model('admin', 'LogEntry').objects.filter(
        content_type__app_label='cinema', content_type__model='user'
    ).delete()


def blank(event):
    """Leave the key of the account alone."""
    details = event.details
    if event.action in PEOPLE:
        event.person_id = event.user_id
        event.subject = f'account {event.user_id}' if event.user_id else 'no account'
        details.pop('origin', None)
    elif event.action == 'ROLE' or details.get('kind') == 'user':
        event.person_id = details.pop('person', event.person_id or details.get('key'))
        event.subject = f'account {event.person_id}'
    details.pop('to', None)  # whom a ticket was sent to


def lift(schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('SET CONSTRAINTS ALL IMMEDIATE')  # no table is altered with checks outstanding
        schema_editor.execute(f'ALTER TABLE {TABLE} DISABLE TRIGGER {TABLE}_stays')
    else:
        schema_editor.execute(f'DROP TRIGGER {TABLE}_stays_on_update')


def restore(schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute(f'ALTER TABLE {TABLE} ENABLE TRIGGER {TABLE}_stays')
    else:
        schema_editor.execute(SQLITE.format(table=TABLE, event='update'))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('admin', '0003_logentry_add_action_flag_choices'),
        ('cinema', '0023_the_trail_has_keys'),
    ]

    operations = [
        migrations.RunPython(name_nobody, migrations.RunPython.noop),
    ]
