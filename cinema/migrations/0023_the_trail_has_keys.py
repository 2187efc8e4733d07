"""The account to which something was done is a key of its own in the audit trail. A column that may be empty does not
rebuild the table on SQLite, so the triggers of 0010 stay."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0022_search_words_of_old_rows'),
    ]

    operations = [
        migrations.AddField(
            model_name='auditevent',
            name='person',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(condition=models.Q(('person', None), _negated=True), fields=['person'], name='deed_by_person'),
        ),
    ]
