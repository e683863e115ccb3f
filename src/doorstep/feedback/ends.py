"""What this room keeps of people beside their records (see ``intake.ends``)."""

OF_A_PERSON = {"complaint_author": "person_id", "resident_card": "person_id"}
