"""Running it over many documents: finding files, workers that may be killed, inboxes."""
