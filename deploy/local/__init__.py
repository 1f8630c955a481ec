"""Runs the whole product on one machine that has nothing but Python: PostgreSQL and Valkey from packages, web, jobs.

Only the standard library is imported here, so that a bare interpreter can install everything else.
"""
