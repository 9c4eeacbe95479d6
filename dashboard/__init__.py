"""Bijsluiter: the privacy desk of an educational publisher."""
