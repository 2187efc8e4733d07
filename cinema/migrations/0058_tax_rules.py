"""A table of tax rules, which the next migration fills, and the version of each theatre's rules."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0057_fees_and_coupons'),
    ]

    operations = [
        migrations.AddField(
            model_name='theatre',
            name='tax_version',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=22),
        ),
        migrations.CreateModel(
            name='TaxRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('SEAT', 'tickets'), ('FEE', 'fees'), ('PRODUCT', 'products'), ('GIFT_CARD', 'gift cards')], default='SEAT', max_length=10, verbose_name='for')),
                ('from_day', models.DateField(help_text='The first day of sale, on the theatre’s calendar.', verbose_name='sold from')),
                ('up_to', models.DecimalField(blank=True, decimal_places=2, help_text='Leave empty for every price.', max_digits=10, null=True, verbose_name='prices up to')),
                ('percent', models.DecimalField(decimal_places=2, help_text='Percent, included in the price.', max_digits=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='tax')),
                ('theatre', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tax_rules', to='cinema.theatre')),
            ],
            options={
                'verbose_name': 'tax rule',
                'verbose_name_plural': 'tax rules',
                'ordering': ['theatre', 'kind', 'from_day', 'up_to'],
                'constraints': [
                    models.UniqueConstraint(fields=('theatre', 'kind', 'from_day', 'up_to'), name='tax_rule_once'),
                    models.UniqueConstraint(condition=models.Q(('up_to', None)), fields=('theatre', 'kind', 'from_day'), name='tax_rule_for_every_price_once'),
                    models.CheckConstraint(condition=models.Q(('percent__range', (0, 100))), name='tax_rule_0_to_100_percent'),
                    models.CheckConstraint(condition=models.Q(('up_to', None), ('up_to__gt', 0), _connector='OR'), name='tax_rule_limit_positive'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ['SEAT', 'FEE', 'PRODUCT', 'GIFT_CARD'])), name='tax_rule_of_what_is_taxed'),
                ],
            },
        ),
    ]
