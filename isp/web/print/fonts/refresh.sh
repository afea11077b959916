#!/bin/sh
# Copies the fonts that documents are set in, with their licences, from the versions that
# package-lock.json pins by hash, then writes SHA256SUMS. Needs node and npm, and nothing else does:
# the results are committed, so running or testing the service never fetches them.
#
#   ./refresh.sh          copy from the pinned versions
#   ./refresh.sh --bump   first resolve package.json afresh (after editing a version there)
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here"/package.json "$here"/subset.mjs "$work"/
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

from=node_modules/@expo-google-fonts
rm -f "$here"/*.ttf
: > "$here"/LICENCE.fonts
# Letters in regular and bold where English, Polish, Urdu and Arabic are written; the rest in regular.
for face in noto-sans/400Regular noto-sans/700Bold noto-naskh-arabic/400Regular noto-naskh-arabic/700Bold \
  noto-emoji/400Regular noto-sans-bengali/400Regular noto-sans-ethiopic/400Regular \
  noto-sans-gujarati/400Regular noto-sans-gurmukhi/400Regular noto-sans-hebrew/400Regular \
  noto-sans-tamil/400Regular; do
  cp "$from/$face"/*.ttf "$here"/
done
# Of these two, which are large, the signs that people type or paste: arrows and ≤ ≥, then ■ ☐ ★ ✓.
node subset.mjs "$from"/noto-sans-math/400Regular/*.ttf 2190-22ff "$here"/NotoSansMath_part.ttf
node subset.mjs "$from"/noto-sans-symbols-2/400Regular/*.ttf 25a0-27bf "$here"/NotoSansSymbols2_part.ttf
for name in "$from"/*; do
  { printf '%s\n\n' "${name##*/}"; cat "$name/LICENSE_FONT"; printf '\n\n'; } >> "$here"/LICENCE.fonts
done

cd "$here"
chmod 644 ./*.ttf
sha256sum package.json package-lock.json subset.mjs LICENCE.fonts ./*.ttf | sed 's|\./||' > SHA256SUMS
