# Rebuilds side by side.
rebuilds=()

# progress OPERATOR...: the last line of each one's log, in one.
progress() {
  local line="" operator
  for operator in "$@"; do
    line+=$(printf '%-7s %-38.38s' "$operator" "$(tail -n 1 "$operator.log" 2>/dev/null | tr -cd '[:print:]')")
  done
  if [ -t 1 ]; then
    printf '\r   %4d s  %s' "$SECONDS" "$line"
  elif [ "$line" != "${shown:-}" ]; then
    printf '   %4d s  %s\n' "$SECONDS" "$line"
    shown=$line
  fi
}

# rebuild_by OPERATOR: in the background.
rebuild_by() {
  "$rebuilder" rebuild "$package" --key "$1/key" --state "$1/state" \
    --out "$1/out" --publish "$url" >"$1.result" 2>"$1.log" </dev/null &
  rebuilds+=($!)
}

# await_rebuilds OPERATOR...: in the order they were started.
await_rebuilds() {
  local operator pid
  while kill -0 "${rebuilds[@]}" 2>/dev/null || [ -n "$(jobs -r -p | grep -xF "$(printf '%s\n' "${rebuilds[@]}")")" ]; do
    progress "$@"
    sleep 1
  done
  progress "$@"
  printf '\n'
  for operator in "$@"; do
    pid=${rebuilds[0]}
    rebuilds=("${rebuilds[@]:1}")
    wait "$pid" || { tail -n 40 "$operator.log" "$operator.result" >&2; fail "$operator's rebuild failed"; }
  done
}
