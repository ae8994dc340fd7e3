#!/bin/sh
# Make sure that the tests of the app store find a PostgreSQL server. Installs the system's package where permitted.
set -eu
found() { command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
if found; then exit 0; fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    as_root() { "$@"; }
elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then
    as_root() { sudo "$@"; }
else
    echo "No PostgreSQL server is there, and none may be installed here: its tests are skipped." >&2
    echo "Install it (Debian, Ubuntu: apt-get install postgresql), then run make test again." >&2
    exit 0
fi
echo "Installing PostgreSQL for the tests of the app store …"
as_root apt-get update -qq || true
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null || true
found || echo "PostgreSQL could not be installed: its tests are skipped." >&2
