# ActiveMQ ("Classic"), as scripts/brokers.sh wants it.

find_broker() {
  ACTIVEMQ_JAR=$(dpkg -L activemq 2>/dev/null | grep -m 1 '/activemq\.jar$') && command -v java >/dev/null ||
    fail 'ActiveMQ is missing; install it with: apt-get install -y activemq'
}

stomp_port() {
  printf '%s\n' "${ACTIVEMQ_STOMP_PORT:-61614}"
}

other_ports() {
  printf '%s\n' ${ACTIVEMQ_OPENWIRE_PORT:-}
}

start_broker() {
  local home=${ACTIVEMQ_JAR%/bin/*}
  activemq_configuration >"$DATA/activemq.xml"
  (
    cd "$DATA"
    exec setsid java -Xmx"${ACTIVEMQ_HEAP:-256m}" -Dactivemq.home="$home" -Dactivemq.base="$DATA" -Dactivemq.conf="$DATA" \
      -Dactivemq.data="$DATA" -Djava.io.tmpdir="$DATA" -jar "$ACTIVEMQ_JAR" start "xbean:file:$DATA/activemq.xml" \
      </dev/null >"$OUTPUT" 2>&1
  ) &
  broker_pid=$!
}

# Messages with `persistent:true` are stored; nobody may connect without a login.
activemq_configuration() {
  cat <<CONFIGURATION
<beans xmlns="http://www.springframework.org/schema/beans" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
       xsi:schemaLocation="http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans.xsd
                           http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd">
  <broker xmlns="http://activemq.apache.org/schema/core" brokerName="$INSTANCE" useJmx="false" dataDirectory="$DATA">
    <persistenceAdapter>
      <kahaDB directory="$DATA/kahadb" journalMaxFileLength="8mb"/>
    </persistenceAdapter>
    <plugins>
      <simpleAuthenticationPlugin anonymousAccessAllowed="false">
        <users>
          <authenticationUser username="guest" password="guest" groups="guests"/>
          <authenticationUser username="admin" password="admin" groups="admins"/>
        </users>
      </simpleAuthenticationPlugin>
    </plugins>
    <systemUsage>
      <systemUsage>
        <memoryUsage><memoryUsage limit="64 mb"/></memoryUsage>
        <storeUsage><storeUsage limit="512 mb"/></storeUsage>
        <tempUsage><tempUsage limit="64 mb"/></tempUsage>
      </systemUsage>
    </systemUsage>
    <transportConnectors>
      <transportConnector name="stomp" uri="stomp://127.0.0.1:$(stomp_port)"/>
$(openwire_connector)
    </transportConnectors>
  </broker>
</beans>
CONFIGURATION
}

openwire_connector() {
  [[ -z ${ACTIVEMQ_OPENWIRE_PORT:-} ]] ||
    printf '      <transportConnector name="openwire" uri="tcp://127.0.0.1:%s"/>\n' "$ACTIVEMQ_OPENWIRE_PORT"
}

broker_logs() {
  :
}

after_stop() {
  :
}

ctl() {
  fail 'ActiveMQ has no such program; its configuration lies in its data folder'
}
