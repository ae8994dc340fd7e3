"""Start the app's server: `python -m tower.ui.serve app.py [streamlit's own options]`.

Streamlit takes a folder named `pages` beside the script for its older page convention until the router has run once,
and greets the first deep link of a fresh process with "Page not found". Saying beforehand that the router decides
avoids it.
"""

from __future__ import annotations

import sys

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

if __name__ == "__main__":
    PagesManager.uses_pages_directory = False
    sys.argv = ["streamlit", "run", *sys.argv[1:]]
    sys.exit(main())
