"""What this room keeps of people beside their records (see ``intake.ends``)."""

OF_A_PERSON = {"broken_glass": "person_id"}
