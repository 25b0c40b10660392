"""What a run takes from the frontier and puts into the archive."""
