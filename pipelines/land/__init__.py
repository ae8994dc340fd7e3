"""Landing: source tables to Parquet, one folder a load, nothing lost."""
