"""When, and in which order: the flows, their two engines and the command line."""
