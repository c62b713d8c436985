"""A folder of .eml files: nothing leaves the machine, and a mailer opens them."""
