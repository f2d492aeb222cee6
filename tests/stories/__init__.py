"""What people live through, over the wire."""
