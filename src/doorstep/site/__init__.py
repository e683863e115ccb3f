"""Settings, URLs, the doorstep command, wiring."""
