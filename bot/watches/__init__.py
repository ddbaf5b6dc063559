"""Files from a watch: FIT, GPX and TCX, read in a process of their own."""
