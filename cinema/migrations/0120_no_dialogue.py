"""“No dialogue”, which is always offered among the languages."""

from django.db import migrations

ADD = """
    INSERT INTO cinema_language (code, name)
    SELECT 'zxx', 'No dialogue' WHERE NOT EXISTS (SELECT 1 FROM cinema_language WHERE code = 'zxx')
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0119_passes_told'),
    ]

    operations = [
        migrations.RunSQL(ADD, migrations.RunSQL.noop),
    ]
