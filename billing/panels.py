"""What this room shows on the pages of others."""
