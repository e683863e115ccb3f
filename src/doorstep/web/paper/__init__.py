"""Papers that used to be written by hand, as PDF from what was entered once: one module and one template each."""
