from datetime import date

from django.db import migrations


def add_counters(apps, schema_editor):
    counter = apps.get_model("places", "Counter")
    for name in ("journal", "settings", "epoch"):
        counter.objects.get_or_create(name=name)
    counter.objects.get_or_create(name="horizon", defaults={"value": date(date.today().year, 12, 31).toordinal()})


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]
    operations = [migrations.RunPython(add_counters, migrations.RunPython.noop)]
