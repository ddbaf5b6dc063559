"""A strict local Bot API with a chat page, for trying and for testing."""
