# RabbitMQ, as scripts/brokers.sh wants it.

# Not the `rabbitmq-server` of /usr/sbin: that one changes to the user rabbitmq and writes to the system's folders.
find_broker() {
  local script
  script=$(dpkg -L rabbitmq-server 2>/dev/null | grep -m 1 '/lib/rabbitmq/bin/rabbitmq-server$') ||
    fail 'RabbitMQ is missing; install it with: apt-get install -y rabbitmq-server'
  readonly SCRIPTS=${script%/*}
}

stomp_port() {
  printf '%s\n' "${RABBITMQ_STOMP_PORT:-61613}"
}

other_ports() {
  printf '%s\n' "${RABBITMQ_WEB_STOMP_PORT:-15674}" ${RABBITMQ_AMQP_PORT:-}
}

# What server and rabbitmqctl need to know to find each other. The cookie lies in HOME; epmd, which tells Erlang nodes their ports, may be shared.
broker_environment() {
  export HOME=$DATA
  export RABBITMQ_NODENAME=$INSTANCE@localhost
  export RABBITMQ_CONF_ENV_FILE=$DATA/rabbitmq-env.conf
  export ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT=${RABBITMQ_EPMD_PORT:-4369}
  export RABBITMQ_CTL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
}

start_broker() {
  printf '[rabbitmq_stomp, rabbitmq_web_stomp].\n' >"$DATA/enabled_plugins"
  rabbitmq_configuration >"$DATA/rabbitmq.conf"
  : >"$DATA/rabbitmq-env.conf"
  (
    broker_environment
    export RABBITMQ_CONFIG_FILE=$DATA/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=$DATA/enabled_plugins
    export RABBITMQ_MNESIA_BASE=$DATA/mnesia RABBITMQ_LOG_BASE=$DATA/log RABBITMQ_PID_FILE=$DATA/erlang.pid
    export RABBITMQ_DIST_PORT=$(free_port)
    export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
    # The shell script becomes the Erlang process then, which so has the process id we know.
    export RUNNING_UNDER_SYSTEMD=true
    cd "$DATA"
    exec setsid "$SCRIPTS/rabbitmq-server" </dev/null >"$OUTPUT" 2>&1
  ) &
  broker_pid=$!
}

# For rabbitmqctl, which asks epmd where it is.
free_port() {
  local port
  while port=$((20000 + RANDOM % 10000)) && listens "$port"; do :; done
  printf '%s\n' "$port"
}

# web_stomp.ws_frame: bodies that are not UTF-8 could not be sent in text frames.
rabbitmq_configuration() {
  if [[ -n ${RABBITMQ_AMQP_PORT:-} ]]; then
    printf 'listeners.tcp.1 = 127.0.0.1:%s\n' "$RABBITMQ_AMQP_PORT"
  else
    printf 'listeners.tcp = none\n'
  fi
  cat <<CONFIGURATION
stomp.listeners.tcp.1 = 127.0.0.1:$(stomp_port)
web_stomp.tcp.ip = 127.0.0.1
web_stomp.tcp.port = ${RABBITMQ_WEB_STOMP_PORT:-15674}
web_stomp.ws_frame = binary
default_user = guest
default_pass = guest
log.console = false
log.file.level = info
CONFIGURATION
}

broker_logs() {
  printf '%s\n' "$DATA/log/$INSTANCE@localhost.log"
}

# epmd stays behind its node. It refuses to end while another node uses it.
after_stop() {
  ! command -v epmd >/dev/null || ERL_EPMD_PORT=${RABBITMQ_EPMD_PORT:-4369} epmd -kill >/dev/null 2>&1 || true
}

ctl() {
  broker_environment
  exec "$SCRIPTS/rabbitmqctl" "$@"
}
