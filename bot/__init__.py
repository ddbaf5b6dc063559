"""Holdfast: daily isometric rehab sessions in Telegram."""
