"""Orders are found by any word of a name or an address, and by half a reference; films by any word of theirs."""

import django.db.models.deletion
from django.db import migrations, models

from cinema.models.lookups import FirstHalf, SecondHalf, WordField


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0020_payments_and_refunds_in_turn'),
    ]

    operations = [
        migrations.AddField(
            model_name='movie',
            name='search_words',
            field=models.TextField(db_default='', default='', editable=False),
        ),
        migrations.CreateModel(
            name='TicketWord',
            fields=[
                ('pk', models.CompositePrimaryKey('ticket', 'word', blank=True, editable=False, primary_key=True, serialize=False)),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='words', to='cinema.ticket')),
                ('theatre', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cinema.theatre')),
                ('word', WordField(max_length=40)),
            ],
            options={
                'verbose_name': 'word of a ticket',
                'verbose_name_plural': 'words of tickets',
                'indexes': [models.Index(fields=['theatre', 'word', 'ticket'], name='ticket_word_by_theatre')],
            },
        ),
        migrations.RemoveIndex(model_name='ticket', name='ticket_by_name'),
        migrations.RemoveIndex(model_name='ticket', name='ticket_by_email'),
        migrations.AddIndex(model_name='ticket', index=models.Index(FirstHalf('reference'), name='ticket_by_reference_start')),
        migrations.AddIndex(model_name='ticket', index=models.Index(SecondHalf('reference'), name='ticket_by_reference_end')),
    ]
