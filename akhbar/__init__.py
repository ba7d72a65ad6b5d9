"""The pipeline after the spiders: archive, clean, load, check, and the command line."""
