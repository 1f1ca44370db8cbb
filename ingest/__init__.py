"""Running it: from files to records, and out again."""
