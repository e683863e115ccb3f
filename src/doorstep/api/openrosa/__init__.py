"""OpenRosa over HTTP: what a collection app asks for, under ``/odk/<token>``. See ``docs/openrosa.md``."""
