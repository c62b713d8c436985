"""What a town may change: settings, departments, people, headers, rules, schedules, channels."""
