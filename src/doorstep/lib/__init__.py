"""Small leaves without domain words. A closed list: db, days, problems, writer."""
