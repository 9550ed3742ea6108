"""Invented data for demonstration, scenarios and tests."""
