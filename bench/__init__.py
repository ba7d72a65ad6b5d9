"""Measurements that anyone can repeat: `make bench` and `make bench-sql`. No test depends on them."""
