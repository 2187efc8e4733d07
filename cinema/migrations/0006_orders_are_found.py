"""Orders are found by the beginning of a name or an e-mail address, and by the last digits of a phone number."""

from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Replace, Right

from cinema.models.lookups import Folded

DIGITS = F("phone")
for sign in "+ -()./":
    DIGITS = Replace(DIGITS, Value(sign), Value(""))


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0005_show_alone_on_its_screen'),
    ]

    operations = [
        migrations.AddIndex(model_name='ticket', index=models.Index(Folded('name'), name='ticket_by_name')),
        migrations.AddIndex(model_name='ticket', index=models.Index(Folded('email'), name='ticket_by_email')),
        migrations.AddIndex(model_name='ticket', index=models.Index(Right(DIGITS, 6), name='ticket_by_phone')),
    ]
