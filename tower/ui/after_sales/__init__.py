"""The screen of after-sales: cards, satisfaction, cases, lots and age, open cases, one case, repeat failures."""
