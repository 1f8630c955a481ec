"""PostgreSQL backend of hospitals' schemas which tells the audit triggers who is writing."""
