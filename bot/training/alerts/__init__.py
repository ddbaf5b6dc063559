"""Alerts to coaches, and what the athlete reads about them."""
