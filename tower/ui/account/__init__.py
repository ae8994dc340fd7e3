"""The screen of one customer: its orders, money, service and promises, and the list of those to look after."""
