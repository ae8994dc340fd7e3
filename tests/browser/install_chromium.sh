#!/bin/sh
# Make sure that the browser tests find Chromium, and a font for Chinese. Installs from the system's packages where permitted.
set -eu
found() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
fonts() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh 2>/dev/null)" ]; }
if found >/dev/null && fonts; then exit 0; fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "Installing Chromium and a Chinese font for the browser tests …"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null
elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then
    sudo apt-get update -qq
    sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null
else
    echo "The browser tests need Chromium and a font for Chinese, and nothing may be installed here." >&2
    echo "Install them (Debian, Ubuntu: apt-get install chromium fonts-noto-cjk), then run make test again." >&2
fi
