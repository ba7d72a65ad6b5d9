"""What the project promises, tried: `make torture` misbehaves in every way that a site, a machine or a page can.

Everything happens on this machine, on loopback, from a seed: the same seed misbehaves in the same way.
"""
