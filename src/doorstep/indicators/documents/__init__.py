"""A report as a document: one shown model, from which the page and every file are made."""
