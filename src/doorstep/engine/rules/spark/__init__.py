"""The rules for everybody on Spark: what cannot be said in its SQL is folded in Python by the functions of one person.

Only ``session`` and ``run`` know pyspark, and they are imported when asked for."""
