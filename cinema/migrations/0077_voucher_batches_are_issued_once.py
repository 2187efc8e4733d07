"""A second click on the form of vouchers issues nothing again."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0076_vouchers'),
    ]

    operations = [
        migrations.AddField(
            model_name='voucherbatch',
            name='key',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=64),
        ),
        migrations.AddConstraint(
            model_name='voucherbatch',
            constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('key',), name='voucher_batch_issued_once'),
        ),
    ]
