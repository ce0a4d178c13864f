#!/usr/bin/env bash
# A register of a province, step by step with the real program: time of each command, and the most memory the program held.
# Usage: benchmarks/register-province.sh [people, default 300000]. Everything it makes is in a temporary folder and removed at the end.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
people="${1:-300000}"
work="$(mktemp -d)"
export PAYENGINE_HOME="$work/home" PAYENGINE_KEYS="$work/keys" PAYENGINE_SESSION="$work/session" PAYENGINE_LANG=en
program=("$root/payengine")
trap '"${program[@]}" db stop >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

# Prints seconds, the highest resident set and what the command said last.
step() {
    local name="$1" began ended pid peak=0 now
    shift
    began=$(date +%s.%N)
    "${program[@]}" "$@" >"$work/out" 2>"$work/err" &
    pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        now=$(awk '/^VmHWM/ {print $2}' "/proc/$pid/status" 2>/dev/null || true)
        [[ -n "$now" && "$now" -gt "$peak" ]] && peak="$now"
        sleep 0.05
    done
    if ! wait "$pid"; then
        echo "$name failed:" >&2
        tail -n 20 "$work/out" "$work/err" >&2
        exit 1
    fi
    ended=$(date +%s.%N)
    awk -v name="$name" -v b="$began" -v e="$ended" -v peak="$peak" 'BEGIN {printf "%-42s %7.1f s %7.0f MB\n", name, e - b, peak / 1024}'
    [[ -z "${SHOW:-}" ]] || tail -n "$SHOW" "$work/out" | sed 's/^/    /'
}

"${program[@]}" --version >/dev/null # Builds, when it has to.
printf 'mat-khau-thu\n' >"$work/password"
step "db start" db start
step "user add" user add an --name "Nguyễn Thị An" --role administrator,maker,auditor --province 40 --password-file "$work/password"
step "login" login an --password-file "$work/password"
step "generate $people people" generate --recipients "$people" --month 2026-10 --seed 1 --out "$work/register"
files=("$work"/register/*.csv)
SHOW=3 step "register check" register check "${files[@]}"
SHOW=3 step "register import" register import "${files[@]}"
step "register import, the same bytes" register import "${files[@]}"
SHOW=2 step "people duplicates search, everything" people duplicates search --everything
SHOW=6 step "people quality" people quality
SHOW=8 step "report funnel" report funnel
