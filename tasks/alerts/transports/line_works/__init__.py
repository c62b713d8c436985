"""LINE WORKS: a bot, API 2.0."""
