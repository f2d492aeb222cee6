"""Speed, as ratios in one run against a bare Bolt app on the same wire. Not tests: nothing here passes or fails."""
