"""A build: from landed sources to one published, immutable file."""
