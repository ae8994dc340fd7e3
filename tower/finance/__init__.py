"""What finance works out of frames: the margin bridge, how customers pay, days of working capital, the cash outlook."""
