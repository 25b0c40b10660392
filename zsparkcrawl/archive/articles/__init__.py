"""What an article is to the archive: its states, what changed between them, and which one is meant."""
