# shellcheck shell=bash
# PostgreSQL's programs on this machine: are they there, and if not, get them from the system's packages. Sourced by payengine and test.

has_postgres() {
    local found
    for found in /usr/lib/postgresql/*/bin/initdb /usr/pgsql-*/bin/initdb /usr/libexec/postgresql*/initdb; do
        [[ -x "$found" ]] && return 0
    done
    command -v initdb >/dev/null 2>&1
}

# Runs a command of the system's packages as root, or says what to run. $1 command (empty: no package tool is known here), $2 what is missing, $3 its name, $4 what else would do.
install_with() {
    local command="$1" missing="$2" name="$3" instead="${4:-}" root
    if [[ -z "$command" ]]; then
        printf '%s\n' "$missing" "Hãy cài bằng gói của hệ thống. / Install it with your system's packages. $instead" >&2
        return 1
    fi
    if ! root="$(as_root)"; then
        printf '%s\n' "$missing" "Hãy chạy: / Run:" "  sudo sh -c '$command'" ${instead:+"$instead"} >&2
        return 1
    fi
    printf '%s\n' "Đang cài $name từ gói của hệ thống … / Installing $name from the system's packages …" >&2
    # shellcheck disable=SC2086 # as_root prints words on purpose
    if ! $root sh -c "$command" >&2; then
        printf '%s\n' "Không cài được. Hãy chạy: / Could not install. Run:" "  sudo sh -c '$command'" >&2
        return 1
    fi
}

# Prints how to become root without being asked anything, or fails: empty for root, "sudo -n" where that works.
as_root() {
    if [[ "$(id -u)" == 0 ]]; then return 0; fi
    if command -v sudo >/dev/null 2>&1 && sudo -n true >/dev/null 2>&1; then printf 'sudo -n'; return 0; fi
    return 1
}

postgres_command() {
    # Debian's package would make and start a server of its own; ours is enough.
    if command -v apt-get >/dev/null 2>&1; then
        printf '%s' 'mkdir -p /etc/postgresql-common/createcluster.d && echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/payengine.conf && apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends postgresql'
    elif command -v dnf >/dev/null 2>&1; then
        printf '%s' 'dnf install -y postgresql-server'
    elif command -v apk >/dev/null 2>&1; then
        printf '%s' 'apk add postgresql16'
    elif command -v pacman >/dev/null 2>&1; then
        printf '%s' 'pacman -S --noconfirm postgresql'
    elif command -v zypper >/dev/null 2>&1; then
        printf '%s' 'zypper --non-interactive install postgresql-server'
    else
        return 1
    fi
}

install_postgres() {
    install_with "$(postgres_command)" "Chưa có PostgreSQL 15 trở lên. / PostgreSQL 15 or newer is missing." "PostgreSQL" \
        "Hoặc đặt PAYENGINE_DB tới một máy chủ. / Or name a server in PAYENGINE_DB." && has_postgres
}
