# Sourced by the tests of what plays under JACK: servers without hardware in a folder that is thrown away.
work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
  for _ in $(seq 30); do
    kill -0 "${pids[@]}" 2> /dev/null || break
    sleep 0.1
  done
  for pid in "${pids[@]}"; do kill -9 "$pid" 2> /dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT
fail() { echo "$(basename "$0"): $*" >&2; tail -n 20 "$work"/*.log >&2 || true; exit 1; }
# A server that was killed keeps its place, of which a machine has eight, until one of the same name comes: so the name is
# the same in every run from this folder.
JACK_DEFAULT_SERVER="fotoplayer-$(basename "$0" .sh)-$(pwd | cksum | cut -d' ' -f1)"
export JACK_DEFAULT_SERVER
export HOME="$work" XDG_DATA_HOME="$work/data" XDG_STATE_HOME="$work/state"
unset NSM_URL

serve() {  # samples a cycle, samples a second
  # -S: the server waits for its clients, and no cycle passes any of them by, however busy the machine is.
  # Servers of others may take all the places for a while.
  for _ in $(seq 20); do
    jackd -n "$JACK_DEFAULT_SERVER" --no-realtime --no-mlock -S -t 5000 -d dummy -p "$1" -r "${2:-48000}" \
      > "$work/jackd.log" 2>&1 8>&- &
    server=$!
    pids+=("$server")
    for _ in $(seq 100); do
      jack_lsp > /dev/null 2>&1 && return
      kill -0 "$server" 2> /dev/null || break
      sleep 0.1
    done
    # Who was killed still counts as there when its number is another process's now.
    grep -q "already active" "$work/jackd.log" && JACK_DEFAULT_SERVER+=-
    sleep 0.5
  done
  fail "no JACK server"
}
wait_for() {  # a JACK port
  for _ in $(seq 100); do
    jack_lsp 2> /dev/null | grep -qx "$1" && return
    sleep 0.1
  done
  fail "no port $1"
}
wait_for_line() {  # a file, a pattern
  for _ in $(seq 150); do
    grep -qE "$2" "$1" 2> /dev/null && return
    sleep 0.1
  done
  fail "$1 never said: $2"
}
stop_process() {  # signal, process; its status
  local status=0
  kill "-$1" "$2" 2> /dev/null || true
  wait "$2" 2> /dev/null || status=$?
  return $status
}
