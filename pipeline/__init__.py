"""partwork: write a series once; publish it as email, feeds and web pages."""

__version__ = "0.1.0"
