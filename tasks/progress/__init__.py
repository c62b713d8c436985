"""Judging: observations and the plan, as of a day, to findings with reasons and evidence."""
