"""Remembering: tables, migrations and repositories."""
