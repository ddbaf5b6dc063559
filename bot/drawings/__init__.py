"""Drawings of the exercises, made by `make pictures`."""
