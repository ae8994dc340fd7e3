"""The product's own pictures. They are shipped: nothing is fetched from anywhere."""

from pathlib import Path

_STATIC = Path(__file__).parent / "static"
LOGO = str(_STATIC / "logo.svg")
ICON = str(_STATIC / "icon.png")
