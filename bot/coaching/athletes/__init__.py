"""/athletes and an athlete's card."""
