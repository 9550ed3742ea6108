"""What is late, stalled or failed, and what supervisors do about it."""
