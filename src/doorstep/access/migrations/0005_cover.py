from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0004_collect'),
    ]

    operations = [
        migrations.AddField(
            model_name='catchment',
            name='covers_id',
            field=models.BigIntegerField(help_text='the member whose work this is, while it is covered', null=True),
        ),
        migrations.AddField(
            model_name='catchment',
            name='by_id',
            field=models.BigIntegerField(help_text='who decided it, where somebody did on a page', null=True),
        ),
    ]
