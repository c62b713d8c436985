"""Telling: findings against what was told before, to messages, outbox and transports."""
