# shellcheck shell=bash
# OpenSSH's server, which the tests of transmission start as a process of their own. Sourced by test, after postgres.sh (install_with).
# The program itself needs no server: it uses the client (sftp), which almost every machine has.

has_sshd() {
    [[ -x /usr/sbin/sshd ]] && command -v sftp >/dev/null 2>&1 && command -v ssh-keygen >/dev/null 2>&1
}

sshd_command() {
    # Nothing of the package may be started or switched on: the tests bring their own keys, configuration and port.
    if command -v apt-get >/dev/null 2>&1; then
        printf '%s' 'made=; if [ ! -e /usr/sbin/policy-rc.d ]; then printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d && made=1; fi; if [ -d /run/systemd/system ]; then systemctl mask ssh.service ssh.socket; fi; apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends openssh-server openssh-client; done=$?; [ -z "$made" ] || rm -f /usr/sbin/policy-rc.d; exit $done'
    elif command -v dnf >/dev/null 2>&1; then
        printf '%s' 'dnf install -y openssh-server openssh-clients'
    elif command -v apk >/dev/null 2>&1; then
        printf '%s' 'apk add openssh-server openssh-client openssh-sftp-server openssh-keygen'
    elif command -v pacman >/dev/null 2>&1; then
        printf '%s' 'pacman -S --noconfirm openssh'
    elif command -v zypper >/dev/null 2>&1; then
        printf '%s' 'zypper --non-interactive install openssh-server openssh-clients'
    else
        return 1
    fi
}

install_sshd() {
    install_with "$(sshd_command)" "Chưa có máy chủ OpenSSH cho các phép thử SFTP. / OpenSSH's server, which the SFTP tests need, is missing." "OpenSSH" && has_sshd
}
