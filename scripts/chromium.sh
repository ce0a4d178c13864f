# shellcheck shell=bash
# Chromium and the Noto fonts, with which papers are printed as PDF. Sourced by test, after postgres.sh (install_with).
# The program works without: every paper is also a page that any browser prints.

has_chromium() {
    local name
    for name in chromium chromium-browser google-chrome-stable google-chrome; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    return 1
}

chromium_command() {
    if command -v apt-get >/dev/null 2>&1; then
        printf '%s' 'apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium fonts-noto-core'
    elif command -v dnf >/dev/null 2>&1; then
        printf '%s' 'dnf install -y chromium google-noto-sans-fonts google-noto-serif-fonts'
    elif command -v apk >/dev/null 2>&1; then
        printf '%s' 'apk add chromium font-noto'
    elif command -v pacman >/dev/null 2>&1; then
        printf '%s' 'pacman -S --noconfirm chromium noto-fonts'
    elif command -v zypper >/dev/null 2>&1; then
        printf '%s' 'zypper --non-interactive install chromium google-noto-sans-fonts google-noto-serif-fonts'
    else
        return 1
    fi
}

install_chromium() {
    install_with "$(chromium_command)" "Chưa có Chromium để in PDF. / Chromium, which prints PDF files, is missing." "Chromium" && has_chromium
}
