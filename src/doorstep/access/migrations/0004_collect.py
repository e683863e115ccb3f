
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0003_phones'),
    ]

    operations = [
        migrations.AddField(
            model_name='device',
            name='collect_until',
            field=models.DateField(
                help_text='last day another app (ODK Collect) may use this address; empty: never switched on', null=True
            ),
        ),
    ]
