"""Invented history, written in batches: what the services would have left behind, without living through it.

Every row satisfies the same constraints and triggers as a real one, money and stock included. `seed_demo` gives its
hospitals a month of it; `seed_patients` fills one with a year, so that speed is measured on the tables of a hospital at
work.
"""
