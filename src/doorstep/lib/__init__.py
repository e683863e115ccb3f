"""Small leaves without domain words. A closed list: problems, days, db, words."""
