"""The step `predictions`: what runs today, when it will end, and how good such predictions have been."""
