"""Local times, zones, recurring days, and what people type for them."""
