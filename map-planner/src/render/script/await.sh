# await started|healthy|completed|ready SECONDS STEADY CONTAINER: ready is healthy, or started where there is no health
# check; what has started goes on running for STEADY seconds, as one process
await() {
  await_left=$2 await_steady=$3 await_first=
  await_format='{{.State.StartedAt}} {{.State.Status}} {{.State.ExitCode}} {{with .State.Health}}{{.Status}}{{else}}none{{end}}'
  while :; do
    await_state=$(docker inspect --format "$await_format" "$4")
    await_start=${await_state%% *} await_state=${await_state#* }
    case "$1 $await_state" in
    started\ running* | started\ paused* | ready\ running*\ none | ready\ paused*\ none)
      if [ "${await_first:=$await_start}" != "$await_start" ]; then
        await_left=0
      elif [ "$await_steady" -gt 0 ]; then
        await_steady=$((await_steady - 1)) await_left=$((await_left + 1))
      else
        return 0
      fi
      ;;
    [!h]*\ exited\ 0\ * | [hr]*\ running*\ healthy | [hr]*\ paused*\ healthy) return 0 ;;
    *\ exited\ * | *\ dead\ * | [!c]*\ restarting\ * | [!c]*\ unhealthy | healthy\ running*\ none) await_left=0 ;;
    esac
    [ "$await_left" -gt 0 ] || { echo "$4 is not $1: $await_state" >&2; return 1; }
    await_left=$((await_left - 1))
    sleep 1
  done
}
