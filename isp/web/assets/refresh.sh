#!/bin/sh
# Builds ../static/isp.css and copies the govuk-frontend script beside it, from the versions that
# package-lock.json pins by hash, then writes SHA256SUMS. Needs node and npm, and nothing else does:
# the results are committed, so running or testing the service never builds them.
#
#   ./refresh.sh          build with the pinned versions
#   ./refresh.sh --bump   first resolve package.json afresh (after editing a version there)
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here"/package.json "$here"/*.scss "$work"/
cd "$work"
# Install scripts stay off: nothing here needs one, and they would run a stranger's code.
# The lock file carries hashes and no addresses, so it works with whichever registry npm is set to.
if [ "${1:-}" = "--bump" ]; then
  npm install --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved
  cp package-lock.json "$here"/
else
  cp "$here"/package-lock.json .
  npm ci --ignore-scripts --no-audit --no-fund
fi
npm run --silent css

cp isp.css "$here"/../static/isp.css
cp node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js "$here"/../static/govuk-frontend.min.js
# The source map stays behind, and so does the comment that points at it.
sed -i.old 's|//# sourceMappingURL=.*$||' "$here"/../static/govuk-frontend.min.js
rm -f "$here"/../static/govuk-frontend.min.js.old

cd "$here"
sha256sum isp.scss _screen.scss _print.scss package.json package-lock.json \
  ../static/isp.css ../static/govuk-frontend.min.js > SHA256SUMS
