"""/note: what a coach wants to remember about an athlete."""
