"""The one tax of each theatre, contained in every price, becomes a rule for each kind of thing but gift cards.

A gift card is taxed when it is spent. Backwards, the newest rule for tickets of every price becomes the one tax.
"""

from datetime import date
from secrets import token_urlsafe

from django.db import migrations

LONG_AGO = date(2000, 1, 1)
KINDS = ['SEAT', 'FEE', 'PRODUCT']


def fill(apps, schema_editor):
    rules = apps.get_model('cinema', 'TaxRule').objects
    for theatre in apps.get_model('cinema', 'Theatre').objects.filter(tax_percent__gt=0):
        for kind in KINDS:
            rules.create(theatre=theatre, kind=kind, from_day=LONG_AGO, percent=theatre.tax_percent)
        theatre.tax_version = token_urlsafe(16)
        theatre.save(update_fields=['tax_version'])


def empty(apps, schema_editor):
    rules, theatres = (apps.get_model('cinema', name).objects for name in ('TaxRule', 'Theatre'))
    for rule in rules.filter(kind='SEAT', up_to=None, from_day__lte=date.today()).order_by('from_day'):
        theatres.filter(pk=rule.theatre_id).update(tax_percent=rule.percent)
    theatres.update(tax_version='')
    rules.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0058_tax_rules'),
    ]

    operations = [
        migrations.RunPython(fill, empty),
    ]
