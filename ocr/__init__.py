"""What is written on a page, and where. Knows no table and no form."""
