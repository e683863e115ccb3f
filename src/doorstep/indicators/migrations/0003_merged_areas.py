
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0002_shown_count'),
    ]

    operations = [
        migrations.CreateModel(
            name='MergedAreas',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('root_id', models.BigIntegerField()),
                ('pack_id', models.CharField(max_length=64)),
                ('report_id', models.CharField(max_length=64)),
                ('first_on', models.DateField()),
                ('last_on', models.DateField()),
                ('codes', models.TextField()),
                ('small', models.TextField()),
            ],
            options={
                'db_table': 'merged_areas',
                'constraints': [models.UniqueConstraint(fields=('root_id', 'pack_id', 'report_id', 'first_on', 'last_on'), name='merged_areas_once')],
            },
        ),
    ]
