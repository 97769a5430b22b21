#!/bin/sh
# Starts the pendrive's program that fits this computer, wherever the drive is
# mounted. Some systems start nothing from a drive: then a copy in a temporary
# folder runs, and all data stays on the drive.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
case $(uname -s) in
Darwin) os=darwin ;;
Linux) os=linux ;;
*) echo "This script is for Mac and Linux." >&2 && exit 1 ;;
esac
case $(uname -m) in
x86_64 | amd64) arch=amd64 ;;
arm64 | aarch64) arch=arm64 ;;
*) echo "There is no A.R.I.S.E. for this computer ($(uname -m))." >&2 && exit 1 ;;
esac
program=$here/arise-edge-$os-$arch
if [ ! -f "$program" ]; then
	echo "$program is missing: ask the office for a pendrive with the program for this computer." >&2
	exit 1
fi
if [ ! -x "$program" ] || ! "$program" -h >/dev/null 2>&1; then
	copy=$(mktemp -d)/arise-edge
	trap 'rm -rf "$(dirname "$copy")"' EXIT INT TERM HUP
	cp "$program" "$copy"
	chmod 700 "$copy"
	ARISE_EDGE_HOME=$here "$copy" serve
	exit
fi
exec "$program" serve
