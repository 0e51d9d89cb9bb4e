"""See serving.py."""
