"""The diary of load: what was done beside the holds, by a line, by taps, or from a watch."""
