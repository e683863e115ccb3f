
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forms', '0005_phones'),
    ]

    operations = [
        migrations.AddField(
            model_name='entryentity',
            name='trunk_version',
            field=models.IntegerField(
                help_text='the version a run without network began from; empty: made on the device', null=True
            ),
        ),
        migrations.AddField(
            model_name='entryentity',
            name='branch_id',
            field=models.CharField(
                db_default='', help_text="the run without network this change belongs to; '' for none", max_length=64
            ),
        ),
    ]
