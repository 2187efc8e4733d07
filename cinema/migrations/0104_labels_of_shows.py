"""Labels of shows, such as “open captions”, and a line beside them."""

from django.db import migrations, models

# By hand: Django would have SQLite build the table anew, without the triggers of 0005.
ADD = [
    "ALTER TABLE cinema_show ADD COLUMN labels varchar(255) NOT NULL DEFAULT ''",
    "ALTER TABLE cinema_show ADD COLUMN label_note varchar(80) NOT NULL DEFAULT ''",
]
DROP = ['ALTER TABLE cinema_show DROP COLUMN label_note', 'ALTER TABLE cinema_show DROP COLUMN labels']


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0103_translations_of_legal_texts'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ADD, DROP)],
            state_operations=[
                migrations.AddField(
                    model_name='show',
                    name='labels',
                    field=models.CharField(blank=True, db_default='', default='', max_length=255, verbose_name='labels'),
                ),
                migrations.AddField(
                    model_name='show',
                    name='label_note',
                    field=models.CharField(blank=True, db_default='', default='', max_length=80, verbose_name='note for the audience'),
                ),
            ],
        ),
    ]
