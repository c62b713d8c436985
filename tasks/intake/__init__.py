"""Bytes in: an immutable, hashed copy of every file a department sends."""
