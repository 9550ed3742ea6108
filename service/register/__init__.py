"""Households, villages, and their candidacy in the yearly runs."""
