"""Double bills: shows of several films."""

import django.db.models.deletion
from django.db import migrations, models

# By hand: Django would have SQLite build the table anew, without the triggers of 0005.
ADD = "ALTER TABLE cinema_show ADD COLUMN further_minutes smallint NOT NULL DEFAULT 0 CHECK (further_minutes >= 0)"
DROP = "ALTER TABLE cinema_show DROP COLUMN further_minutes"


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0113_film_alerts'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ADD, DROP)],
            state_operations=[
                migrations.AddField(
                    model_name='show',
                    name='further_minutes',
                    field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
                ),
            ],
        ),
        migrations.CreateModel(
            name='Feature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('break_minutes', models.PositiveSmallIntegerField(default=0, verbose_name='break')),
                ('share', models.DecimalField(decimal_places=2, default=0, max_digits=5, verbose_name='share')),
                ('movie', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='features', to='cinema.movie')),
                ('show', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='features', to='cinema.show')),
            ],
            options={
                'verbose_name': 'further film',
                'verbose_name_plural': 'further films',
                'ordering': ['show', 'position'],
                'constraints': [
                    models.UniqueConstraint(fields=('show', 'position'), name='feature_position_unique'),
                    models.UniqueConstraint(fields=('show', 'movie'), name='feature_film_unique'),
                    models.CheckConstraint(condition=models.Q(('position__gte', 2)), name='feature_after_the_first'),
                    models.CheckConstraint(condition=models.Q(('share__gte', 0), ('share__lte', 100)), name='feature_share_to_100'),
                ],
            },
        ),
    ]
