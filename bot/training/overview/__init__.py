"""/next, /history, /pain and /help: what comes, what was."""
