"""Tests of the measurements themselves: whether their reports are correct, never how fast anything is."""
