"""The screen of finance: margin, receivables and payables, working capital, cash, ledger, three-way match."""
