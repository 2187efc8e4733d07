"""What is written down in the seat ledger and the audit trail stays as it is: the database refuses to alter or delete
it, whoever asks. A later migration that makes SQLite rebuild one of the tables must create its triggers again, with
``let_nobody_alter``; tests/models/test_trail.py tells."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("cinema_seatevent", "cinema_auditevent")
FUNCTION = """
    CREATE FUNCTION cinema_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END $$
"""
POSTGRESQL = """
    CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION cinema_stays()
"""
SQLITE = """
    CREATE TRIGGER {table}_stays_on_{event} BEFORE {event} ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END
"""
EVENTS = ("update", "delete")


def let_nobody_alter(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION, params=None)
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(POSTGRESQL.format(table=table))
        for event in EVENTS if schema_editor.connection.vendor == "sqlite" else ():
            schema_editor.execute(SQLITE.format(table=table, event=event))


def let_everybody(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION cinema_stays CASCADE")
    for table in TABLES if schema_editor.connection.vendor == "sqlite" else ():
        for event in EVENTS:
            schema_editor.execute(f"DROP TRIGGER {table}_stays_on_{event}")


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0009_holds_come_from_somewhere'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='auditevent',
            options={'ordering': ['-pk'], 'verbose_name': 'deed', 'verbose_name_plural': 'audit trail'},
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(choices=[('THEATRE', 'theatre changed'), ('ROLE', 'role given or taken'), ('FILM', 'film changed'), ('IMPORT', 'imported'), ('HALL', 'hall changed'), ('BLOCK', 'seats taken off sale'), ('UNBLOCK', 'seats put on sale'), ('PRICES', 'prices changed'), ('SCHEDULE', 'shows planned'), ('PUBLISH', 'shows published'), ('SHOW', 'show changed'), ('SHOW_CANCEL', 'show cancelled'), ('RESEND', 'ticket sent again'), ('CANCEL', 'ticket cancelled'), ('REFUND', 'money given back'), ('MOVE', 'seats changed'), ('EXCHANGE', 'exchanged to another show'), ('EXPORT', 'exported'), ('ADMIN', 'changed in the admin'), ('SIGN_IN', 'signed in'), ('SIGN_IN_FAILED', 'could not sign in'), ('LOCK_OUT', 'locked out for a while'), ('SIGN_OUT', 'signed out'), ('SIGN_UP', 'made an account'), ('PASSWORD', 'password changed'), ('PASSWORD_RESET', 'password chosen by way of a mail'), ('TOKEN', 'API token made or deleted')], max_length=16, verbose_name='action'),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='show',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='audit', to='cinema.show'),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='user',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='seatevent',
            name='user',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['action', 'at'], name='deed_by_action'),
        ),
        migrations.RunPython(let_nobody_alter, let_everybody),
    ]
