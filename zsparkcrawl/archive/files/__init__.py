"""Files that articles offer: kept under their digests, entered, checked."""
