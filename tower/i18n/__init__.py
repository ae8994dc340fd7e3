"""Both languages of the product: texts by key, numbers and dates as each language writes them."""

from tower.i18n.numbers import Numbers
from tower.i18n.register import ConfusedTerm, confusion_register
from tower.i18n.text import LANGUAGES, Language, Text, language_of

__all__ = ["LANGUAGES", "ConfusedTerm", "Language", "Numbers", "Text", "confusion_register", "language_of"]
