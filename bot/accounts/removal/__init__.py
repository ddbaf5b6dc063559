"""/remove: a role is taken away."""
