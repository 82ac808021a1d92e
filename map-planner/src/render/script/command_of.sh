# command_of IMAGE: the words of the image's command, quoted for the shell
command_of() {
  docker image inspect --format "{{range .Config.Cmd}}'{{join (split . \"'\") \"'\\\\''\"}}' {{end}}" "$1"
}
