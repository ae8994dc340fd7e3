"""From prepared demand to a company's forecast: item × place × channel and all sums, with uncertainty."""
