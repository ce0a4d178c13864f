# shellcheck shell=bash
# Machine code ahead of time (ReadyToRun) for the assemblies of a folder: a command starts in half the time. Sourced by payengine and test.
# Nothing depends on it: where the compiler cannot be had or is not the one that is pinned here, the runtime compiles as it goes.

# The pinned compiler: version, and the SHA-512 of its package for each kind of machine it was checked on.
ahead_version=10.0.12
ahead_sha512() {
    case "$1" in
        linux-x64) printf '%s' 841adba45968361dc19420cbc4f7dfdc495898652e40cd994ca95846d19761a93d7bed270cc4a6b5073102931fd3a7fc338986c84b06092b1c5b4067b89b84da ;;
        *) return 1 ;;
    esac
}

ahead_machine() {
    if [[ "$(uname -s)" == Linux && "$(uname -m)" == x86_64 ]] && ! ldd --version 2>&1 | grep -qi musl; then printf '%s' linux-x64; else return 1; fi
}

# Prints the path of the compiler, or fails. $1 the repository's root.
ahead_compiler() {
    local machine wanted package folder
    machine="$(ahead_machine)" && wanted="$(ahead_sha512 "$machine")" || return 1
    package="microsoft.netcore.app.crossgen2.$machine"
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
    dotnet restore "$1/scripts/ahead/ahead.csproj" -v quiet -p:AheadPackage="Microsoft.NETCore.App.Crossgen2.$machine" -p:AheadVersion="$ahead_version" >/dev/null 2>&1 || return 1
    folder="$(dotnet nuget locals global-packages --list --force-english-output | sed -n 's/^global-packages: //p')"
    folder="${folder%/}/$package/$ahead_version"
    [[ "$(sha512sum "$folder/$package.$ahead_version.nupkg" 2>/dev/null | cut -d' ' -f1)" == "$wanted" && -x "$folder/tools/crossgen2" ]] || return 1
    printf '%s' "$folder/tools/crossgen2"
}

# Compiles the managed assemblies of folder $2 that the program $2/payengine.dll consists of into folder $3. $1 the repository's root. Fails when there is no compiler.
compile_ahead() {
    local root="$1" from="$2" to="$3" compiler runtime web name
    compiler="$(ahead_compiler "$root")" || return 1
    runtime="$(dotnet --list-runtimes | sed -n 's/^Microsoft\.NETCore\.App \(10\.0\.[0-9]*\) \[\(.*\)\]$/\2\/\1/p' | sort -V | tail -n 1)"
    web="$(dotnet --list-runtimes | sed -n 's/^Microsoft\.AspNetCore\.App \(10\.0\.[0-9]*\) \[\(.*\)\]$/\2\/\1/p' | sort -V | tail -n 1)"
    [[ -d "$runtime" && -d "$web" ]] || return 1
    rm -rf "$to"
    mkdir -p "$to"
    # The large ones and those that every command runs through.
    for name in payengine PaymentEngine.Core PaymentEngine.Messages PaymentEngine.Postgres Npgsql Dapper NodaTime System.CommandLine Spectre.Console CsvHelper ExcelDataReader Polly.Core System.Security.Cryptography.Pkcs; do
        if [[ -e "$from/$name.dll" ]]; then printf '%s\n' "$name"; fi
    done | xargs -P 2 -I '{}' "$compiler" "$from/{}.dll" -o "$to/{}.dll" -r "$runtime/*.dll" -r "$web/*.dll" -r "$from/*.dll" --targetos linux --targetarch x64 -O --parallelism 1 >/dev/null 2>&1 || { rm -rf "$to"; return 1; }
}
