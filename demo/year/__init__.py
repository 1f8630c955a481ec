"""A year of invented history, written in batches: what the services would have left behind, without living through it.

Every row satisfies the same constraints and triggers as a real one, money included; `seed_patients` fills a hospital
with it so that speed is measured on the tables of a hospital at work.
"""
