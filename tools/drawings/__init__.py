"""Drawings of the exercises: from a pose to SVG, and to the PNG files that the bot sends."""
