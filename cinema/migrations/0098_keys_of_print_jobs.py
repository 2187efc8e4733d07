"""What a form asks a printer for is printed once: the key of the form. Copies of Z reports."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0097_appearances'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='printjob',
            name='print_job_of_an_order',
        ),
        migrations.AddField(
            model_name='printjob',
            name='key',
            field=models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name='printjob',
            name='kind',
            field=models.CharField(choices=[('SALE', 'tickets of a sale'), ('COPY', 'tickets printed again'), ('DRAWER', 'drawer opened'), ('REPORT', 'Z report'), ('ZCOPY', 'copy of a Z report')], max_length=6, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='printjob',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['SALE', 'COPY']), ('order__isnull', False)), models.Q(('kind__in', ['DRAWER', 'REPORT', 'ZCOPY']), ('order__isnull', True)), _connector='OR'), name='print_job_of_an_order'),
        ),
    ]
