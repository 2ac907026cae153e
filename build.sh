#!/usr/bin/env bash
# Runs build.ps1 under pwsh 7.6 or later; where there is none, in the embedded shell (tools/Shell).
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0

if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -qE '^(1[0-9]|[2-9][0-9])\.'; then
    echo "build.sh needs the .NET SDK 10 (https://dotnet.microsoft.com/download); 'dotnet --list-sdks' shows none." >&2
    exit 1
fi

# .NET wants ICU for cultures; a machine without it still builds, with the invariant culture
if [ "$(uname -s)" = Linux ] && [ -z "${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-}" ] &&
    ! { ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null || true; } | grep -q libicuuc; then
    export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
fi

module="$root/out/GravityNet/GravityNet.psd1"
if command -v pwsh >/dev/null && pwsh -NoProfile -Command 'exit [int]($PSVersionTable.PSVersion -lt [version]"7.6")'; then
    run() { pwsh -NoProfile -File "$@"; }
    prompt() { PSModulePath="$root/out${PSModulePath:+:$PSModulePath}" exec pwsh -NoLogo "$@"; }
    opening=(-NoExit -Command "Import-Module '${module//\'/\'\'}'")
else
    shell="$root/out/shell/GravityNet.Shell.dll"
    if [ ! -e "$shell" ] || [ -n "$(find "$root/tools/Shell" "$root"/Directory.*.props -newer "$shell" -not -path '*/obj/*' -not -path '*/bin/*' -type f -print -quit)" ]; then
        # a folder of its own: the build must not overwrite the assembly that it runs in
        log="$(dotnet build "$root/tools/Shell" -c Release -o "$root/out/shell" --nologo -v q --disable-build-servers 2>&1)" || { echo "$log" >&2; exit 1; }
        touch "$shell"
    fi
    run() { dotnet "$shell" -NoLogo -File "$@"; }
    prompt() { exec dotnet "$shell" -ImportModule "$module" "$@"; }
    opening=()
fi

case "${1:-build}" in
    [Ss][Hh][Ee][Ll][Ll])
        # the prompt replaces this script, so that Ctrl+C is its own
        shift
        run "$root/build.ps1" Build -IfNeeded
        if [ $# -eq 0 ]; then prompt ${opening[@]+"${opening[@]}"}; else prompt "$@"; fi
        ;;
    *)
        run "$root/build.ps1" "$@"
        ;;
esac
