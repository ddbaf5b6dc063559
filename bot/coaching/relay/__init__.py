"""Words passed on between a coach and an athlete."""
