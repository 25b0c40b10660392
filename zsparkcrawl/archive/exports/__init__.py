"""What is handed out of the archive: rows with keys of their own, and what their columns mean."""
