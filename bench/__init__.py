"""Measurements that anyone can repeat: `make bench` and `make bench-sql`. No test asserts a time."""
