"""The step `forecast` of a build: demand history, forecast, how good it is, and the stock that it asks for."""
