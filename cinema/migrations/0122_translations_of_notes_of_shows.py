"""Translations of the line beside a show's labels."""

from django.db import migrations, models

# By hand: Django would have SQLite build the table anew, without the triggers of 0005.
COLUMN = "label_note_translations"
TYPES = {"postgresql": "jsonb", "sqlite": f"text CHECK (JSON_VALID({COLUMN}))"}


def add(apps, schema_editor):
    kind = TYPES[schema_editor.connection.vendor]
    schema_editor.execute(f"ALTER TABLE cinema_show ADD COLUMN {COLUMN} {kind} DEFAULT '{{}}' NOT NULL")


def drop(apps, schema_editor):
    schema_editor.execute(f"ALTER TABLE cinema_show DROP COLUMN {COLUMN}")


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0121_legal_texts_of_theatres'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(add, drop)],
            state_operations=[
                migrations.AddField(
                    model_name='show',
                    name='label_note_translations',
                    field=models.JSONField(blank=True, db_default={}, default=dict, editable=False),
                ),
            ],
        ),
    ]
