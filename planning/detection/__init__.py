"""Finding what is going wrong: robust statistics and rules over transactions, forecast and plan."""
