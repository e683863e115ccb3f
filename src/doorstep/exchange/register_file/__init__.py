"""A register of people as a table: taken in from any spreadsheet people keep, and given back in the same columns.

``reading.read_table`` → ``mapping.guess_mapping`` → ``importing.dry_run`` → ``importing.run`` → ``importing.undo``;
``exporting.export``, ``exporting.template``. Every person taken in is an entry through the one door.
"""
