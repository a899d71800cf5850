# The table: what was expected, what was seen.
rows=()
passed=0
failed=0

# row WHAT EXPECTED-EXIT EXPECTED-TEXT COMMAND...: runs the command and compares exit code and text.
row() {
  local what=$1 expected=$2 text=$3 seen=0 mark
  shift 3
  "$@" >row.out 2>&1 || seen=$?
  if [ "$seen" = "$expected" ] && grep -qE -- "$text" row.out; then
    mark=as-expected
    passed=$((passed + 1))
  else
    mark=WRONG
    failed=$((failed + 1))
    printf '\n--- %s: expected exit %s and /%s/, got exit %s:\n' "$what" "$expected" "$text" "$seen"
    cat row.out
  fi
  rows+=("$(printf '%-58s %8s %8s   %s' "$what" "$expected" "$seen" "$mark")")
  printf '   %-58s exit %s, %s\n' "$what" "$seen" "$mark"
}

# What the gate said to the last row's command: all of it now, and in the table the last reason that
# counting the votes gave, or else why the gate refused.
row_why() {
  local line
  while IFS= read -r line; do
    printf '      | %s\n' "$line"
  done < <(grep -aE '^whonix2:( refused:|   (why|do):)|^  (votes|refused:) |^    [-+x] ' row.out)
  line=$(sed -n 's/^  refused: *//p' row.out | tail -n 1)
  [ -n "$line" ] || line=$(sed -n 's/^whonix2:   why: *//p' row.out | head -n 1)
  rows+=("      \"$(printf '%.96s' "$line")\"")
}

# The last line that the last row's command printed.
row_says() { tail -n 1 row.out | sed 's/^/      | /'; }

table() {
  printf '   %-58s %8s %8s   %s\n' "" expected seen verdict
  printf '   %s\n' "${rows[@]}"
}
