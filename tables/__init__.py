"""What the tables on pages mean. Knows pages, but neither files nor stores nor users."""
