"""The screen of what is on its way: late and at risk, its milestones, lanes and carriers, how good the dates are."""
