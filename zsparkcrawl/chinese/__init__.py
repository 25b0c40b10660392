"""What is known about Chinese text, below everything that reads or mends it."""
