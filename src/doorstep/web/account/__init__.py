"""One's own log-in: password, second step, where one is logged in."""
