"""What this room keeps of people beside their records (see ``intake.ends``). Who it was about and every word of it go;
that it was done, when, by whom and whether she was told, stays and is counted."""

OF_A_PERSON = {"disclosure_word": "person_id"}
