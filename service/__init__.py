"""Lika."""
