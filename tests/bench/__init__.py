"""Tests of the measurements themselves: that they report what is so, never how fast anything is."""
