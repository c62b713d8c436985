"""Reading: bytes to grid to table to values to matched rows, each with the cell it came from."""
