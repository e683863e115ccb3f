"""A pack's rules for everybody at once: DuckDB SQL as text. Nothing here holds a connection."""
