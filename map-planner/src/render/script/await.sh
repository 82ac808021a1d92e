# await started|healthy|completed|ready SECONDS CONTAINER: ready is healthy, or started where there is no health check
await() {
  await_left=$2 await_seen=
  await_format='{{.State.Status}} {{.State.ExitCode}} {{if .State.Health}}{{.State.Health.Status}}{{end}}'
  while :; do
    await_state=$(docker inspect --format "$await_format" "$3")
    case "$1 $await_state" in
    started\ running* | started\ paused* | ready\ running*' ' | ready\ paused*' ') [ -z "$await_seen" ] || return 0; await_seen=1 ;;
    [!h]*\ exited\ 0* | healthy*\ healthy | ready*\ healthy) return 0 ;;
    *\ exited* | *\ dead* | [!c]*\ restarting* | *\ unhealthy) await_left=0 ;;
    esac
    [ "$await_left" -gt 0 ] || { echo "$3 is not $1: $await_state" >&2; return 1; }
    await_left=$((await_left - 1))
    sleep 1
  done
}
