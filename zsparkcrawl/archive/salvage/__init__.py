"""What is brought back after damage: records of broken files, and records that no row points to."""
