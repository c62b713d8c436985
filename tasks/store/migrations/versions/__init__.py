"""One file a step: ``0001_first.py`` and so on, each naming the step before it."""
