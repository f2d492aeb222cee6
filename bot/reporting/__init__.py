"""How a report comes from facts: one small module for each part of it, put together in `bot.report`."""
