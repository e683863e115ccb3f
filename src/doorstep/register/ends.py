"""What this room keeps of people beside their records (see ``intake.ends``)."""

OF_A_PERSON = {"person_alias": "person_id", "pull_mark": "item_id"}
