"""Screens for the desk: those who look after an area, its workers, its programmes and its store."""
