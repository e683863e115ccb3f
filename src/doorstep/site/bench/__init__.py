"""Measuring the program with the demonstration township: real servers, real submissions, on a copy of the store.

Single times depend on the machine; what counts are ratios taken in one run. ``docs/benchmarks.md`` says how to run each.
"""
