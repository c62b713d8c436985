"""Whatever else Apprise knows."""
