"""Whether a theatre asks buyers for a phone number, which was a setting of the whole site: PHONE_REQUIRED."""

import os

from django.db import migrations, models


def keep_setting(apps, _schema_editor):
    """Theatres of a site with PHONE_REQUIRED go on asking."""
    if os.environ.get("PHONE_REQUIRED", "").strip().lower() in ("1", "true", "yes", "on", "y", "t", "ok"):
        apps.get_model("cinema", "Theatre").objects.update(phone_required=True)


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0105_content_notes_and_trailers'),
    ]

    operations = [
        migrations.AddField(
            model_name='theatre',
            name='phone_required',
            field=models.BooleanField(db_default=False, default=False, help_text='Buyers online and in other programs must give one; otherwise it is optional.', verbose_name='ask for a phone number'),
        ),
        migrations.RunPython(keep_setting, migrations.RunPython.noop),
    ]
