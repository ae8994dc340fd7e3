"""Predicting when something that runs will end, from what was known then: production orders, arrivals, …"""
