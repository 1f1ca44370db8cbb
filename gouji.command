#!/bin/sh
# Click on this to open gouji's page in the browser (macOS, Linux). The first time it sets itself up.
cd "$(dirname "$0")" || exit 1
[ -x .venv/bin/gouji ] || make setup || exit 1
exec .venv/bin/gouji
