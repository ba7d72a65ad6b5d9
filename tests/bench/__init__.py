"""Tests of the measurements themselves: that what they say is so, and never how fast anything is."""
