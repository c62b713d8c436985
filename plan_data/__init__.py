"""What the town promised: the plan as data, its typed model, its loader and its checks."""
