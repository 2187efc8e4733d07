"""Wheelchair spaces have one name on all pages. No table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0035_proofs_of_mails_that_wait'),
    ]

    operations = [
        migrations.AlterField(
            model_name='seat',
            name='kind',
            field=models.CharField(choices=[('STANDARD', 'standard'), ('WHEELCHAIR', 'wheelchair space'), ('COMPANION', 'companion seat'), ('LOVE', 'love seat')], default='STANDARD', max_length=10, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='theatre',
            name='carer_free',
            field=models.BooleanField(default=False, help_text='A companion seat costs nothing with its wheelchair space.', verbose_name='carers come free'),
        ),
        migrations.AlterField(
            model_name='theatre',
            name='companion_release',
            field=models.PositiveIntegerField(default=60, help_text='Minutes before the show; until then a companion seat is sold only with its wheelchair space.', verbose_name='companion seats released'),
        ),
    ]
