"""One module a format: each reads a source and gives a Drive (drive.py)."""
