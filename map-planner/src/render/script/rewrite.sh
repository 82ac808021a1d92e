# rewrite all|top CONTAINER USER GROUP MODE: sets owner and mode in the volume that the container has at /.dmap/v.
rewrite() (
  if [ -z "$3" ] && [ "$(id -u)" != 0 ]; then
    echo "setting a mode and keeping the owner takes root: $2" >&2
    exit 1
  fi
  # A mode that does not say whose means the same everywhere.
  umask 022
  folder=$(mktemp -d)
  trap 'chmod -R u+rwX "$folder" && rm -rf "$folder"' EXIT
  mode=$5
  uid=$(id_of passwd "$2" "$3")
  gid=$(id_of group "$2" "$4")
  if [ "$1" = top ]; then recursion=--no-recursion; else recursion=--recursion; fi
  docker cp "$2:/.dmap/v" - >"$folder/before"
  tar -x -p --numeric-owner "$recursion" -f "$folder/before" -C "$folder" v
  set -- "$2"
  # With a number alone, or with a plus before it, some versions of tar look for a name or do nothing.
  [ -z "$uid" ] || set -- "$@" "--owner=owner:$uid" "--group=group:$gid"
  [ -z "$mode" ] || set -- "$@" "--mode=$mode"
  container=$1
  shift
  tar -c --numeric-owner "$recursion" "$@" -f "$folder/after" -C "$folder" v
  docker cp - "$container:/.dmap" <"$folder/after"
)

# id_of passwd|group CONTAINER NAME: the number of a user or group of the container's image.
id_of() {
  case "$3" in
  *[!0-9]*) docker cp "$2:/etc/$1" - | tar -x -O -f - | awk -F: -v "name=$3" '$1 == name { print $3; found = 1; exit } END { exit !found }' ;;
  *) echo "$3" ;;
  esac
}

# is_empty CONTAINER: whether there is nothing in the volume but its directory.
is_empty() {
  [ "$(docker cp "$1:/.dmap/v" - | tar -t -f - | wc -l)" -eq 1 ]
}
