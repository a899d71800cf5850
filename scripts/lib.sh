# Shared by the scripts in this folder; sourced, not run.
set -euo pipefail
export LC_ALL=C.UTF-8 # messages are compared, names are sorted

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '\n== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
fail() {
  printf 'error: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf 'hint: %s\n' "$2" >&2
  exit 1
}

# The privileges that installing a package or making a root needs.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -- "$@"
  else
    fail "this needs root and there is no sudo" "run it as root, or install sudo"
  fi
}

# The address of the Debian mirror that this machine's apt uses.
debian_mirror() {
  local site
  site=$(apt-get indextargets --format '$(SITE)' 'Identifier: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1)
  [ -n "$site" ] || fail "this machine's apt has no lists of Debian" "run apt-get update"
  printf '%s\n' "$site"
}

# install_packages NAME...: those that are missing, from the machine's own mirror.
install_packages() {
  local missing=() name
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)" = installed ] ||
      missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing from Debian: ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q ||
    fail "apt-get update failed" "check the network and /etc/apt/sources.list.d"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
    "${missing[@]}" ||
    fail "apt-get could not install ${missing[*]}" \
      "the machine's suite must be Debian 12 (bookworm) with its main component"
}

# left_behind FOLDER: processes that work in it, have it as root or name it, and mounts below it in
# any namespace; nothing where all is gone. For $(left_behind ...): it leaves the current folder.
left_behind() {
  local process pid command
  cd /
  for process in /proc/[0-9]*; do
    pid=${process#/proc/}
    [ "$pid" != "$$" ] && [ "$pid" != "$BASHPID" ] || continue
    command=$(tr '\0' ' ' 2>/dev/null <"$process/cmdline") || continue
    case "$(readlink "$process/cwd" 2>/dev/null || true) $(readlink "$process/root" 2>/dev/null || true) $command" in
      *"$1"*) printf 'process %s: %s\n' "$pid" "$command" ;;
    esac
    grep -sF "$1" "$process/mountinfo" | sed "s/^/mount of process $pid: /" || true
  done
}
