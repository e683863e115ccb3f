"""What was done is only ever added: the database itself refuses, so that nothing that writes these tables can forget to.
The words go when she is erased, and are sealed anew when keys are turned."""

import django.db.models.deletion
from django.db import migrations, models

ONLY_ADDED = ("disclosure", "disclosure_step")


def keep(apps, schema_editor):
    for table in ONLY_ADDED:
        for verb in ("UPDATE", "DELETE"):
            name, said = f"{table}_no_{verb.lower()}", f"rows of {table} are only ever added"
            if schema_editor.connection.vendor == "sqlite":
                body = f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
                schema_editor.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {body}")
            else:
                body = f"BEGIN RAISE EXCEPTION '{said}'; END"
                schema_editor.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
                )


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name='Disclosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='court, health (public-health law) or other', max_length=8)),
                ('at', models.DateTimeField()),
                ('first_id', models.BigIntegerField(help_text='who took it down; somebody else has to agree')),
                ('place_id', models.BigIntegerField(help_text='where she lived then: whose area it is')),
                ('hidden_until', models.DateField(help_text='the order itself forbids to tell her before this day', null=True)),
            ],
            options={
                'db_table': 'disclosure',
            },
        ),
        migrations.CreateModel(
            name='DisclosureWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.CharField(db_index=True, max_length=64)),
                ('what', models.CharField(max_length=8)),
                ('sealed', models.BinaryField()),
                ('disclosure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='words', to='disclosures.disclosure')),
            ],
            options={
                'db_table': 'disclosure_word',
            },
        ),
        migrations.CreateModel(
            name='DisclosureStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.SmallIntegerField()),
                ('what', models.CharField(max_length=8)),
                ('at', models.DateTimeField()),
                ('by_id', models.BigIntegerField(help_text='-1: she read it herself')),
                ('disclosure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='disclosures.disclosure')),
            ],
            options={
                'db_table': 'disclosure_step',
                'constraints': [models.UniqueConstraint(fields=('disclosure', 'stage'), name='disclosure_stage_once')],
            },
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
