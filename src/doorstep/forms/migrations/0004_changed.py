"""What changed of what a warehouse may have read already: entries that came or went out of force, people, families.

The database itself writes it down, so that nothing that writes these tables can forget to. New entries are not in it:
they are found by their sequence number.
"""

from django.db import migrations

CREATE = {
    "sqlite": "CREATE TABLE changed (n INTEGER PRIMARY KEY AUTOINCREMENT, what VARCHAR(16) NOT NULL,"
    " id VARCHAR(250) NOT NULL, form_id VARCHAR(250) NOT NULL, person_id VARCHAR(64) NOT NULL, purge INTEGER NOT NULL)",
    "postgresql": "CREATE TABLE changed (n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what VARCHAR(16) NOT NULL,"
    " id VARCHAR(250) NOT NULL, form_id VARCHAR(250) NOT NULL, person_id VARCHAR(64) NOT NULL, purge INTEGER NOT NULL)",
}
PERSON = ("place_id", "birth_date", "moved_in_on", "left_on", "died_on", "properties")
# name: (when, on which table, under which condition, what, id, form, person, whether its bytes must go)
TRIGGERS = {
    "changed_entry": ("AFTER UPDATE", "entry", ("state", "problem", "answers", "occurred_on", "person_id"), "entry", "OLD.seq"),
    "changed_entry_gone": ("AFTER DELETE", "entry", (), "entry", "OLD.seq"),
    "changed_person_new": ("AFTER INSERT", "person", (), "person", "NEW.id"),
    "changed_person": ("AFTER UPDATE", "person", PERSON, "person", "OLD.id"),
    "changed_person_gone": ("AFTER DELETE", "person", (), "person", "OLD.id"),
    "changed_household_new": ("AFTER INSERT", "household", (), "household", "NEW.id"),
    "changed_household": ("AFTER UPDATE", "household", ("place_id",), "household", "OLD.id"),
    "changed_household_gone": ("AFTER DELETE", "household", (), "household", "OLD.id"),
}


def insert_sql(when, table, what, key):
    form, person, purge = "''", "''", "0"
    if table == "entry":
        form, person = "OLD.form_id", "COALESCE(OLD.person_id, '')"
        purge = "1" if when == "AFTER DELETE" else "CASE WHEN OLD.answers <> NEW.answers THEN 1 ELSE 0 END"
    elif when == "AFTER DELETE":
        purge = "1"
    return (
        "INSERT INTO changed (what, id, form_id, person_id, purge)"
        f" VALUES ('{what}', CAST({key} AS VARCHAR(250)), {form}, {person}, {purge});"
    )


def add_journal(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    schema_editor.execute(CREATE[vendor])
    for name, (when, table, columns, what, key) in TRIGGERS.items():
        body = insert_sql(when, table, what, key)
        if vendor == "sqlite":
            differs = " OR ".join(f"OLD.{c} IS NOT NEW.{c}" for c in columns)
            condition = f" WHEN {differs}" if differs else ""
            of = f" OF {', '.join(columns)}" if columns else ""
            schema_editor.execute(f"CREATE TRIGGER {name} {when}{of} ON {table}{condition} BEGIN {body} END")
        else:
            differs = " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in columns)
            condition = f" WHEN ({differs})" if differs else ""
            of = f" OF {', '.join(columns)}" if columns else ""
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {name} {when}{of} ON {table} FOR EACH ROW{condition} EXECUTE FUNCTION {name}()"
            )


class Migration(migrations.Migration):
    dependencies = [("forms", "0003_places"), ("register", "0003_rounds")]
    operations = [migrations.RunPython(add_journal, migrations.RunPython.noop)]
