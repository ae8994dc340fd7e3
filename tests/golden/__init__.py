"""Tests whose expectation is a folder of text."""
