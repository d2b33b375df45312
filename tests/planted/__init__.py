"""Bugs planted one at a time, to see that the fuzzer finds them."""
