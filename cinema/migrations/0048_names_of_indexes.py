"""Two indexes of the audit trail get its present name."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0047_ids_of_payment_providers'),
    ]

    operations = [
        migrations.RenameIndex(model_name='auditevent', new_name='audit_event_by_action', old_name='deed_by_action'),
        migrations.RenameIndex(model_name='auditevent', new_name='audit_event_by_person', old_name='deed_by_person'),
    ]
