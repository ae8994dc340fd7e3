"""One planned order with its arithmetic: figures, a text in two languages, a workbook with live formulas."""
