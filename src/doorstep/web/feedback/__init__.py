"""Complaints: written by anybody without a log-in, taken down by whoever works here, read by the reviewer alone."""
