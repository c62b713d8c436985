"""見本: a sample inbox of department workbooks, for the demonstration and for nothing else."""
