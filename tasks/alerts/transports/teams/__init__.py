"""Teams: a workflow that posts an Adaptive Card."""
