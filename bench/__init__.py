"""What Holdfast costs, measured on this machine."""
