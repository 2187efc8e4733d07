"""Ticket types have rules, and a version that counts their changes."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0016_limits_on_holds'),
    ]

    operations = [
        migrations.AddField(
            model_name='tickettype',
            name='counter_only',
            field=models.BooleanField(db_default=False, default=False, help_text='Not offered online.', verbose_name='at the box office only'),
        ),
        migrations.AddField(
            model_name='tickettype',
            name='most_per_order',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Leave empty for no limit.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='at most in one order'),
        ),
        migrations.AddField(
            model_name='tickettype',
            name='paying_others',
            field=models.PositiveSmallIntegerField(blank=True, db_default=0, default=0, help_text='How many other tickets at a price each one needs in the same order.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='paid tickets needed'),
        ),
        migrations.AddField(
            model_name='tickettype',
            name='shown_at_door',
            field=models.BooleanField(db_default=False, default=False, help_text='Buyers are asked to bring proof.', verbose_name='proof at the door'),
        ),
        migrations.AddField(
            model_name='tickettype',
            name='version',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='tickettype',
            name='with_wheelchair',
            field=models.BooleanField(db_default=False, default=False, help_text='Each one needs a wheelchair space in the same order.', verbose_name='only with a wheelchair space'),
        ),
    ]
