"""Start the app's server: `python -m tower.ui.serve [streamlit's own options]`.

Streamlit takes a folder named `pages` beside the script for its older page convention until the router has run once,
and greets the first deep link of a fresh process with "Page not found". Saying beforehand that the router decides
avoids it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

SERVER_APPLICATION = Path(__file__).parent / "asgi.py"

if __name__ == "__main__":
    PagesManager.uses_pages_directory = False
    sys.argv = ["streamlit", "run", str(SERVER_APPLICATION), *sys.argv[1:]]
    sys.exit(main())
