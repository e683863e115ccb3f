"""How many of what. The township's own figures are published ones of a real place; the rest are our assumptions.

Shares are of everybody in the register.
"""

from __future__ import annotations

# Published
VILLAGES = 26
RESIDENTS = 24_637
MOVED_IN = 2_444
MOVED_AWAY = 7_361
BIRTHS_A_YEAR = 311

# Assumed
HISTORY_DAYS = 730
HOUSEHOLDS_A_TOWNSHIP = 8_100  # at 3.1 people each a little more than RESIDENTS, so that these always fit into one
FIRST_ROUND_DAYS = 60  # the first registration of every family takes two months
GROUPS_A_VILLAGE = (4, 7)
JOIN_PREGNANCY_CARE = 0.93
END_PREGNANCY_CARE = 0.03
ROUND_WALKED = 0.7  # of the doors, by the last day
SENTENCES_READ = 0.2  # of the families met
SAID_NO = 0.06  # of each purpose
GUARDIAN_YEARS = 14
PREGNANCIES_ENDED = 0.07
TWINS = 0.011
JOIN_PRESSURE_CARE = 0.60
END_PRESSURE_CARE = 0.04
VACCINES_BELOW = 14
JOIN_VACCINES = 0.95
DOSE_TOO_EARLY = 0.004
CHILD_VISITS_BELOW = 7
JOIN_CHILD_CARE = 0.90
ELDER_FROM = 65
JOIN_ELDER_CHECK = 0.72
JOIN_SUGAR_CARE = 0.55
END_SUGAR_CARE = 0.04
DEATHS_A_YEAR_BY_AGE = ((60, 0.0015), (70, 0.010), (80, 0.030), (200, 0.085))
# of those who know they have high blood pressure, by age
PRESSURE_BY_AGE = ((35, 0.0), (45, 0.07), (55, 0.20), (65, 0.38), (75, 0.50), (200, 0.52))
# of those who know they have type 2 diabetes, by age
SUGAR_BY_AGE = ((35, 0.0), (45, 0.03), (55, 0.08), (65, 0.14), (75, 0.19), (200, 0.20))
# births a year to a woman of the age, before the one factor that brings the whole to BIRTHS_A_YEAR
FERTILITY_BY_AGE = ((18, 0.0), (20, 0.03), (25, 0.13), (30, 0.18), (35, 0.12), (40, 0.04), (45, 0.008), (200, 0.0))
FERTILITY_FACTOR = 0.585
# share of the age group that lives elsewhere now
AWAY_BY_AGE = ((6, 0.15), (16, 0.26), (20, 0.40), (30, 0.535), (45, 0.475), (60, 0.29), (70, 0.08), (200, 0.03))


def by_age(table: tuple[tuple[int, float], ...], age: int) -> float:
    """The value of the first row whose age bound lies above ``age``."""
    return next(value for below, value in table if age < below)
