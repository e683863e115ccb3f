from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forms', '0006_offline_runs'),
    ]

    operations = [
        migrations.AddField(
            model_name='entry',
            name='named_id',
            field=models.CharField(help_text='the person as the entry names her, where she is known to be another', max_length=64, null=True),
        ),
        migrations.AddField(
            model_name='entryentity',
            name='named_id',
            field=models.CharField(help_text='the same for a person it makes or updates', max_length=64, null=True),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(condition=models.Q(('named_id__isnull', False)), fields=['named_id'], name='entry_named'),
        ),
        migrations.AddIndex(
            model_name='entryentity',
            index=models.Index(condition=models.Q(('named_id__isnull', False)), fields=['named_id'], name='entry_entity_named'),
        ),
    ]
