"""From a shared location or a city's name to the time zone there."""
