"""What happens to a story once a spider has read it: archive, clean, load, check, and the command line."""
