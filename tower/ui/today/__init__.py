"""Today: the inbox of alerts ranked by money, one alert in detail, and what people decide about it."""
