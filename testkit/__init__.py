"""What tests and benchmarks share, once each; README.md says which to take."""
