"""/next, /history and /pain: what comes, what was."""
