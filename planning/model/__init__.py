"""From a company's rows to the engine's problem: names become codes, quantities millionths, dates days."""
