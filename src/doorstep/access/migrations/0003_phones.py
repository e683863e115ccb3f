
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0002_consent'),
    ]

    operations = [
        migrations.AddField(
            model_name='device',
            name='sent',
            field=models.IntegerField(db_default=0, help_text='records it says it handed over, ever'),
        ),
        migrations.AddField(
            model_name='device',
            name='unsent',
            field=models.IntegerField(db_default=0, help_text='records it said it still held, at the last contact'),
        ),
    ]
