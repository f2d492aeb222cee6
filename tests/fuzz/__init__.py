"""Random lines and mutated envelopes: nothing unexpected happens, and no fact appears that nobody asserted."""
