"""The numbered steps of the schema, one after the other, with one head."""
