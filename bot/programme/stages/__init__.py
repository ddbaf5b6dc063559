"""/stage: where an athlete stands in the loading, and what has to be so before the next stage."""
