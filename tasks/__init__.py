"""What is done, by station; data moves left to right and each station defines the record it hands on."""
