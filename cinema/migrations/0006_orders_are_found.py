"""Orders are found by the beginning of a name or an e-mail address, and by the last digits of a phone number."""

from django.db import migrations, models

from cinema.models.lookups import Folded, LastDigits


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0005_show_alone_on_its_screen'),
    ]

    operations = [
        migrations.AddIndex(model_name='ticket', index=models.Index(Folded('name'), name='ticket_by_name')),
        migrations.AddIndex(model_name='ticket', index=models.Index(Folded('email'), name='ticket_by_email')),
        migrations.AddIndex(model_name='ticket', index=models.Index(LastDigits('phone'), name='ticket_by_phone')),
    ]
