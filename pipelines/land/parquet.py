"""Reading Parquet that others wrote."""

# Statistics in files from elsewhere may be wrong; no optimizer may conclude from them which rows exist.
DISTRUST_STATISTICS = "set disabled_optimizers = 'filter_pushdown,statistics_propagation,row_group_pruner'"
