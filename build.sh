#!/usr/bin/env bash
# Checks for the .NET 10 SDK, then hands over to tools/lamina: './build.sh --help' says what there is.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
program="${LAMINA_ARTIFACTS:-$root/artifacts/dotnet}/bin/Lamina.Cli/debug/lamina.dll"

if ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
    echo "error: the .NET 10 SDK is needed, and 'dotnet' has none: https://dotnet.microsoft.com/download/dotnet/10.0" >&2
    exit 3
fi
# The program is built again when anything that it may be made from is newer.
if [ ! -e "$program" ] || [ -n "$(find "$root"/{tools,src,bench,*.props,*.targets,global.json} -newer "$program" -print -quit)" ]; then
    if ! output="$(cd "$root" && dotnet build tools/lamina -v q -nologo -clp:NoSummary 2>&1)"; then
        echo "$output" >&2
        exit 3
    fi
    touch "$program"
fi
exec dotnet "$program" "$@"
