import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0120_no_dialogue'),
    ]

    operations = [
        migrations.AddField(
            model_name='legaltext',
            name='theatre',
            field=models.ForeignKey(blank=True, help_text='Empty for the site itself.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='legal_texts', to='cinema.theatre'),
        ),
    ]
