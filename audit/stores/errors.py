class AlreadyThere(Exception):
    """Something of this name is kept already, and stays."""
