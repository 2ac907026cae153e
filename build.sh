#!/usr/bin/env bash
# Runs build.ps1 under pwsh 7.6 or later; where there is none, in the embedded shell (tools/Shell).
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0

if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -E '^(1[0-9]|[2-9][0-9])\.' >/dev/null; then
    echo "build.sh needs the .NET SDK 10 (https://dotnet.microsoft.com/download); 'dotnet --list-sdks' shows none." >&2
    exit 1
fi

# .NET wants ICU for cultures; a machine without it still works, with the invariant culture
if [ "$(uname -s)" = Linux ] && [ -z "${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-}" ] &&
    ! { PATH="$PATH:/sbin" ldconfig -p 2>/dev/null || true; } | grep libicuuc >/dev/null; then
    export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
fi

module="$root/out/GravityNet/GravityNet.psd1"
if command -v pwsh >/dev/null && pwsh -NoProfile -Command 'exit [int]($PSVersionTable.PSVersion -lt [version]"7.6")'; then
    script=(pwsh -NoProfile -File)
    prompt=(pwsh -NoLogo)
    opening=(-NoExit -Command "Import-Module '${module//\'/\'\'}'")
    # for scripts, which -Command cannot precede
    export PSModulePath="$root/out${PSModulePath:+:$PSModulePath}"
else
    shell="$root/out/shell/GravityNet.Shell.dll"
    sources() { find "$root/tools/Shell" "$root"/Directory.*.props -newer "$shell" -type f -not -path '*/obj/*' -not -path '*/bin/*'; }
    if [ ! -e "$shell" ] || [ -n "$(sources)" ]; then
        [ -e "$shell" ] || echo "Building; the first time it takes a minute or two." >&2
        # a folder of its own: the build must not overwrite the assembly that it runs in
        log="$(dotnet build "$root/tools/Shell" -c Release -o "$root/out/shell" --nologo -v q --disable-build-servers 2>&1)" || { echo "$log" >&2; exit 1; }
        touch "$shell"
    fi
    script=(dotnet "$shell" -NoLogo -File)
    prompt=(dotnet "$shell" -ImportModule "$module")
    opening=(-NoExit)
fi

if [ "$(printf %s "${1:-}" | tr '[:upper:]' '[:lower:]')" = shell ]; then
    # the prompt replaces this script, so that Ctrl+C is the prompt's own
    shift
    "${script[@]}" "$root/build.ps1" Build -IfNeeded
    [ $# -gt 0 ] || set -- "${opening[@]}"
    exec "${prompt[@]}" "$@"
fi
if [ "$(printf '%s %s' "${1:-}" "${2:-}" | tr '[:upper:]' '[:lower:]')" = 'lab outside' ]; then
    # so does what runs in the lab: a shell between the terminal and another one would take its Ctrl+C
    shift
    "${script[@]}" "$root/build.ps1" Build -IfNeeded
    exec dotnet "$root/tests/lab/Lab/bin/Release/net10.0/GravityNet.Lab.dll" "$@"
fi
exec "${script[@]}" "$root/build.ps1" "$@"
