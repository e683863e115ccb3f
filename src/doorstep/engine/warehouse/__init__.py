"""The only floor that knows DuckDB: it runs steps that others wrote as text."""
