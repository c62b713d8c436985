"""Showing: findings as an HTML page, a workbook and Prefect artifacts."""
