"""Issues into editions: one module for each channel, over the same sections and the same tree."""
