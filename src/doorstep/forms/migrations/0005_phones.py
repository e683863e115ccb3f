
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forms', '0004_changed'),
    ]

    operations = [
        migrations.CreateModel(
            name='Quarantined',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user_id', models.BigIntegerField()),
                ('device_id', models.BigIntegerField()),
                ('instance_id', models.CharField(help_text='as the phone calls it', max_length=250)),
                ('sha256', models.CharField(max_length=64)),
                ('body', models.BinaryField()),
                ('code', models.CharField(max_length=60)),
                ('args', models.TextField(default='{}')),
                ('at', models.DateTimeField()),
                ('let_in_seq', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'quarantined',
                'constraints': [models.UniqueConstraint(fields=('device_id', 'sha256'), name='quarantined_once')],
            },
        ),
    ]
