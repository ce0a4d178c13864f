# shellcheck shell=bash
# Chromium and the Noto fonts, with which papers are printed as PDF. Sourced by test, after postgres.sh (as_root).
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
    local command root
    if ! command="$(chromium_command)"; then
        printf '%s\n' "Chưa có Chromium để in PDF. / Chromium, which prints PDF files, is missing." >&2
        return 1
    fi
    if ! root="$(as_root)"; then
        printf '%s\n' "Chưa có Chromium để in PDF. Hãy chạy: / Chromium, which prints PDF files, is missing. Run:" "  sudo sh -c '$command'" >&2
        return 1
    fi
    printf '%s\n' "Đang cài Chromium và phông chữ Noto … / Installing Chromium and the Noto fonts …" >&2
    # shellcheck disable=SC2086 # as_root prints words on purpose
    if ! $root sh -c "$command" >&2; then
        printf '%s\n' "Không cài được. Hãy chạy: / Could not install. Run:" "  sudo sh -c '$command'" >&2
        return 1
    fi
    has_chromium
}
