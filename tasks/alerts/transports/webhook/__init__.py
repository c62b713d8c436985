"""JSON by POST, its shape given by the channel."""
