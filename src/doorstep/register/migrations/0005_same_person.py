from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('register', '0004_pulling'),
    ]

    operations = [
        migrations.CreateModel(
            name='PersonAlias',
            fields=[
                ('person_id', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('same_as', models.CharField(max_length=64)),
                ('since', models.DateField()),
            ],
            options={
                'db_table': 'person_alias',
                'indexes': [models.Index(fields=['same_as'], name='person_alias_of')],
            },
        ),
    ]
