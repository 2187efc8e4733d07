"""Orders are found by the beginning of a name or an e-mail address, and by the last digits of a phone number."""

from django.db import migrations, models
from django.db.models import CharField, Func

from cinema.models.lookups import LastDigits


class Folded(Func):
    """A text in lower case. Migration 0021 drops the indexes of it."""

    function = 'LOWER'
    output_field = CharField()

    def as_postgresql(self, compiler, connection, **more):
        return self.as_sql(compiler, connection, template='(LOWER(%(expressions)s) COLLATE "C")', **more)


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0005_show_alone_on_its_screen'),
    ]

    operations = [
        migrations.AddIndex(model_name='ticket', index=models.Index(Folded('name'), name='ticket_by_name')),
        migrations.AddIndex(model_name='ticket', index=models.Index(Folded('email'), name='ticket_by_email')),
        migrations.AddIndex(model_name='ticket', index=models.Index(LastDigits('phone'), name='ticket_by_phone')),
    ]
