"""Several processes on one server: one leads, the others stand by and take over."""
