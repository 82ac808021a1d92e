# stop_with SIGNAL SECONDS CONTAINER: older engines take no signal with `docker stop`.
stop_with() {
  stop_left=$2
  docker kill --signal "$1" "$3"
  while [ "$stop_left" -gt 0 ] && [ "$(docker inspect --format '{{.State.Running}}' "$3")" = true ]; do
    stop_left=$((stop_left - 1))
    sleep 1
  done
  docker stop -t 0 "$3"
}
