"""What a server may do wrong while it is read from, and how reading ends then."""
