"""Counts with their definitions, and the figures drawn from them."""
