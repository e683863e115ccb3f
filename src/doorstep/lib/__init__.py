"""Small leaves without domain words. A closed list: db, days, packed, problems, sealing, typeset, writer."""
