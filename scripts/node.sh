# shellcheck shell=bash
# npm, which fetches the accessibility engine (axe-core) that the browser tests put into pages. Sourced by test, after postgres.sh (install_with).
# The program itself has nothing from npm and needs no node.

axe_folder="${root:?}/tests/PaymentEngine.ServiceTests/browser"

has_npm() {
    command -v npm >/dev/null 2>&1
}

has_axe() {
    [[ -e "$axe_folder/node_modules/axe-core/axe.min.js" ]]
}

npm_command() {
    if command -v apt-get >/dev/null 2>&1; then
        printf '%s' 'apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends npm'
    elif command -v dnf >/dev/null 2>&1; then
        printf '%s' 'dnf install -y npm'
    elif command -v apk >/dev/null 2>&1; then
        printf '%s' 'apk add npm'
    elif command -v pacman >/dev/null 2>&1; then
        printf '%s' 'pacman -S --noconfirm npm'
    elif command -v zypper >/dev/null 2>&1; then
        printf '%s' 'zypper --non-interactive install npm'
    else
        return 1
    fi
}

install_npm() {
    install_with "$(npm_command)" "Chưa có npm để lấy axe-core cho các phép thử trang. / npm, which fetches axe-core for the tests of pages, is missing." "npm" && has_npm
}

# What the lock file names, by its hash, and no script of a package is run.
fetch_axe() {
    (cd "$axe_folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
}
