"""Films have an original language and a format. A rating of 0 was none: nobody had voted."""

import django.db.models.deletion
from django.db import migrations, models


def forget_ratings_of_0(apps, schema_editor):
    apps.get_model("cinema", "Movie").objects.filter(rating=0).update(rating=None)


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0018_lines_keep_their_tax'),
    ]

    operations = [
        migrations.RunPython(forget_ratings_of_0, migrations.RunPython.noop, elidable=True),
        migrations.RemoveConstraint(
            model_name='movie',
            name='movie_rating_0_to_10',
        ),
        migrations.AddField(
            model_name='movie',
            name='format',
            field=models.CharField(blank=True, choices=[('2D', '2D'), ('3D', '3D'), ('IMAX', 'IMAX'), ('DOLBY', 'Dolby Atmos')], db_default='', max_length=10, verbose_name='format'),
        ),
        migrations.AddField(
            model_name='movie',
            name='original_language',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='cinema.language', verbose_name='original language'),
        ),
        migrations.AlterField(
            model_name='movie',
            name='rating',
            field=models.DecimalField(blank=True, decimal_places=1, help_text='Above 0, up to 10.', max_digits=3, null=True, verbose_name='rating'),
        ),
        migrations.AddConstraint(
            model_name='movie',
            constraint=models.CheckConstraint(condition=models.Q(('rating__isnull', True), models.Q(('rating__gt', 0), ('rating__lte', 10)), _connector='OR'), name='movie_rating_to_10'),
        ),
    ]
