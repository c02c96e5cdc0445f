#!/usr/bin/env bash
# A RabbitMQ or an ActiveMQ for development and tests: Debian's packages, started without systemd, reachable on this machine alone.
#
#   scripts/brokers.sh start  rabbitmq|activemq          waits until it answers, prints stomp://guest:guest@127.0.0.1:61613
#   scripts/brokers.sh stop   rabbitmq|activemq
#   scripts/brokers.sh status rabbitmq|activemq          the address of the one that runs; fails when none does
#   scripts/brokers.sh ctl    rabbitmq <arguments …>     rabbitmqctl for it
#
# Logins: guest/guest; ActiveMQ has admin/admin too. What may be set in the environment:
#   RABBITMQ_STOMP_PORT      61613
#   RABBITMQ_WEB_STOMP_PORT  15674; STOMP over WebSocket at /ws
#   RABBITMQ_AMQP_PORT       none; where services that speak AMQP find it
#   RABBITMQ_EPMD_PORT       4369; of Erlang's port mapper, which instances may share
#   ACTIVEMQ_STOMP_PORT      61614
#   ACTIVEMQ_OPENWIRE_PORT   none; where services that speak JMS find it
#   BROKER_INSTANCE          a name, to run several of one kind side by side; each needs ports of its own
#   BROKER_DATA              the folder for what it stores and logs; default node_modules/.cache/brokers/<instance>
#   BROKER_START_SECONDS     how long a start may take; 60
#   BROKER_STOP_SECONDS      how long it may take to end in order, before it is killed; 15
set -euo pipefail
readonly REPOSITORY=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

usage() {
  sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

readonly COMMAND=${1:-} BROKER=${2:-}
[[ $BROKER == rabbitmq || $BROKER == activemq ]] || usage
readonly INSTANCE=${BROKER_INSTANCE:-$BROKER}
[[ $INSTANCE =~ ^[A-Za-z0-9_-]+$ ]] || fail "BROKER_INSTANCE may have letters, digits, - and _; it is '$INSTANCE'"
readonly DATA=$(realpath -m "${BROKER_DATA:-$REPOSITORY/node_modules/.cache/brokers/$INSTANCE}")
# Which process it is; written as soon as there is one, gone when it has been stopped.
readonly PID_FILE=$DATA/pid
# Where it is; written when it answers.
readonly URL_FILE=$DATA/url
readonly OUTPUT=$DATA/output.log

# Both files define: find_broker, stomp_port, other_ports, start_broker (sets broker_pid), after_stop, broker_logs and ctl.
# shellcheck source=brokers/rabbitmq.sh
source "$REPOSITORY/scripts/brokers/$BROKER.sh"

# Prints the process id of the broker that runs in this data folder. A number that another program got meanwhile does not count; one that this script has just started
# may not have come to its folder yet, and is ours all the same.
running_pid() {
  local pid=${broker_pid:-}
  if [[ -n $pid ]]; then
    kill -0 "$pid" 2>/dev/null || return 1
    printf '%s\n' "$pid"
    return 0 # said, as in a trap `return` alone would be what came before the trap
  fi
  pid=$(cat "$PID_FILE" 2>/dev/null) || return 1
  [[ $(readlink "/proc/$pid/cwd") == "$DATA" ]] || return 1
  printf '%s\n' "$pid"
}

listens() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Whether a CONNECT is answered by CONNECTED.
answers() {
  local line=''
  {
    printf 'CONNECT\naccept-version:1.2\nlogin:guest\npasscode:guest\n\n\0' >&3
    IFS= read -r -t 2 line <&3 || true
  } 3<>"/dev/tcp/127.0.0.1/$(stomp_port)" || return 1
  [[ $line == CONNECTED ]]
} 2>/dev/null

url() {
  printf 'stomp://guest:guest@127.0.0.1:%s\n' "$(stomp_port)"
}

start() {
  find_broker
  if running_pid >/dev/null && [[ -f $URL_FILE ]]; then
    printf '%s runs already: ' "$INSTANCE" >&2
    cat "$URL_FILE"
    return
  fi
  stop_process
  local port
  for port in $(stomp_port) $(other_ports); do
    ! listens "$port" || fail "port $port is in use by another program; set another one (see the top of scripts/brokers.sh)"
  done
  mkdir -p "$DATA"
  # Whatever ends this script early ends the broker it started.
  trap 'stop_process' EXIT
  trap 'exit 130' INT TERM
  start_broker
  printf '%s\n' "$broker_pid" >"$PID_FILE"
  await_answer "$broker_pid"
  trap - EXIT INT TERM
  url | tee "$URL_FILE"
}

await_answer() {
  local deadline=$((SECONDS + ${BROKER_START_SECONDS:-60}))
  until answers; do
    kill -0 "$1" 2>/dev/null || not_started 'it ended'
    ((SECONDS < deadline)) || not_started "it does not answer on port $(stomp_port)"
    sleep 0.1
  done
}

not_started() {
  local file
  for file in $(broker_logs) "$OUTPUT"; do
    ! [[ -s $file ]] || { printf '%s:\n' "$file" && tail -n 20 "$file"; } >&2
  done
  fail "$BROKER was not started: $1"
}

# Ends the process: in order, unless that takes too long.
stop_process() {
  local pid deadline=$((SECONDS + ${BROKER_STOP_SECONDS:-15}))
  if pid=$(running_pid); then
    # A stopped process (SIGSTOP) would not hear the first signal.
    kill -TERM "$pid" 2>/dev/null && kill -CONT "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do
      ((SECONDS < deadline)) || kill -KILL "$pid" 2>/dev/null || true
      sleep 0.05
    done
  fi
  rm -f "$PID_FILE" "$URL_FILE"
  after_stop
}

stop() {
  find_broker
  if running_pid >/dev/null; then
    stop_process
    printf '%s has stopped\n' "$INSTANCE"
    return
  fi
  stop_process
  printf '%s does not run\n' "$INSTANCE"
}

status() {
  if running_pid >/dev/null && [[ -f $URL_FILE ]]; then
    cat "$URL_FILE"
    return
  fi
  fail "$INSTANCE does not run; start it with: scripts/brokers.sh start $BROKER"
}

case $COMMAND in
  start | stop | status) "$COMMAND" ;;
  ctl)
    shift 2
    find_broker
    ctl "$@"
    ;;
  *) usage ;;
esac
