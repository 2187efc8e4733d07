"""Private hires; and the database itself keeps two hires, or a hire and a show, from one screen at one time.

As after 0005, a later migration that makes SQLite rebuild cinema_show must create the triggers on it again."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

# A trigger sees what is committed: transactions at the same moment are kept apart by the lock of the screen.
POSTGRESQL = """
    CREATE FUNCTION cinema_screen_hired_alone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM cinema_privatehire WHERE screen_id = NEW.screen_id AND ends_at > NEW.starts_at
            AND starts_at < NEW.ends_at AND NOT (TG_TABLE_NAME = 'cinema_privatehire' AND id = NEW.id)
        ) OR TG_TABLE_NAME = 'cinema_privatehire' AND EXISTS (
            SELECT 1 FROM cinema_show WHERE screen_id = NEW.screen_id AND ends_at > NEW.starts_at
            AND starts_at < NEW.ends_at AND status <> 'CANCELLED'
        ) THEN
            RAISE EXCEPTION 'screen_hired_alone' USING ERRCODE = 'exclusion_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER screen_hired_alone BEFORE INSERT OR UPDATE OF screen_id, starts_at, ends_at ON cinema_privatehire
        FOR EACH ROW EXECUTE FUNCTION cinema_screen_hired_alone();
    CREATE TRIGGER screen_hired_alone BEFORE INSERT OR UPDATE OF screen_id, starts_at, ends_at, status ON cinema_show
        FOR EACH ROW WHEN (NEW.status <> 'CANCELLED') EXECUTE FUNCTION cinema_screen_hired_alone();
"""
NOT_POSTGRESQL = """
    DROP TRIGGER screen_hired_alone ON cinema_show;
    DROP TRIGGER screen_hired_alone ON cinema_privatehire;
    DROP FUNCTION cinema_screen_hired_alone();
"""
SQLITE = {
    "hire": """
        CREATE TRIGGER screen_hired_alone_{name} BEFORE {when} ON cinema_privatehire
        BEGIN
            SELECT RAISE(ABORT, 'screen_hired_alone') WHERE EXISTS (
                SELECT 1 FROM cinema_privatehire WHERE screen_id = NEW.screen_id AND ends_at > NEW.starts_at
                AND starts_at < NEW.ends_at AND id IS NOT NEW.id
            ) OR EXISTS (
                SELECT 1 FROM cinema_show WHERE screen_id = NEW.screen_id AND ends_at > NEW.starts_at
                AND starts_at < NEW.ends_at AND status <> 'CANCELLED'
            );
        END
    """,
    "show": """
        CREATE TRIGGER screen_hired_alone_{name} BEFORE {when} ON cinema_show WHEN NEW.status <> 'CANCELLED'
        BEGIN
            SELECT RAISE(ABORT, 'screen_hired_alone') WHERE EXISTS (
                SELECT 1 FROM cinema_privatehire WHERE screen_id = NEW.screen_id AND ends_at > NEW.starts_at
                AND starts_at < NEW.ends_at
            );
        END
    """,
}
EVENTS = {
    ("hire", "insert"): "INSERT",
    ("hire", "update"): "UPDATE OF screen_id, starts_at, ends_at",
    ("show", "insert"): "INSERT",
    ("show", "update"): "UPDATE OF screen_id, starts_at, ends_at, status",
}


def keep_hires_apart(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
    for (name, event), when in EVENTS.items() if schema_editor.connection.vendor == "sqlite" else ():
        schema_editor.execute(SQLITE[name].format(name=f"{name}_on_{event}", when=when))


def let_them_be(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(NOT_POSTGRESQL)
    for name, event in EVENTS if schema_editor.connection.vendor == "sqlite" else ():
        schema_editor.execute(f"DROP TRIGGER screen_hired_alone_{name}_on_{event}")


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0108_passes_on_phones'),
    ]

    operations = [
        migrations.CreateModel(
            name='PrivateHire',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(verbose_name='until')),
                ('trading_day', models.DateField(verbose_name='trading day')),
                ('occasion', models.CharField(max_length=120, verbose_name='occasion')),
                ('contact', models.CharField(max_length=150, verbose_name='contact')),
                ('email', models.EmailField(blank=True, default='', max_length=254, verbose_name='email')),
                ('phone', models.CharField(blank=True, default='', max_length=40, verbose_name='phone')),
                ('price', models.DecimalField(decimal_places=2, default=0, max_digits=10, validators=[django.core.validators.MinValueValidator(0)], verbose_name='price')),
                ('note', models.TextField(blank=True, default='', max_length=1000, verbose_name='note')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('screen', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='private_hires', to='cinema.screen', verbose_name='screen')),
            ],
            options={
                'verbose_name': 'private hire',
                'verbose_name_plural': 'private hires',
                'ordering': ['starts_at'],
                'indexes': [models.Index(fields=['screen', 'ends_at'], name='hire_by_screen_and_end'), models.Index(fields=['screen', 'trading_day'], name='hire_by_screen_and_day'), models.Index(condition=models.Q(('contact', '—'), _negated=True), fields=['ends_at'], name='hire_with_contact_by_end')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='hire_ends_after_start'), models.CheckConstraint(condition=models.Q(('price__gte', 0)), name='hire_price_not_negative')],
            },
        ),
        migrations.RunPython(keep_hires_apart, let_them_be),
    ]
