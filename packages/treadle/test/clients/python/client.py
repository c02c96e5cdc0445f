"""stomp.py, driven by the lines of its standard input: one JSON command each, answered by one JSON line.

What the server sends by itself (messages, errors, the end, heart-beats) is told in lines of its own. The commands are listed in kit/client-process.ts.
"""

import base64
import json
import sys
import threading

import stomp

PATIENCE_S = 5
CONNECTIONS = {
    "1.0": stomp.StompConnection10,
    "1.1": stomp.StompConnection11,
    "1.2": stomp.StompConnection12,
}

output = threading.Lock()


def tell(line):
    with output:
        print(json.dumps(line), flush=True)


class Session(stomp.ConnectionListener):
    """One connection of stomp.py."""

    def __init__(self, name, command):
        self.name = name
        self.version = command["version"]
        self.messages = {}
        self.receipts = {}
        self.receipt_count = 0
        self.error = None
        self.connected = threading.Event()
        options = {} if self.version == "1.0" else {"heartbeats": tuple(command["heartBeat"])}
        self.connection = CONNECTIONS[self.version](
            [("127.0.0.1", command["port"])], auto_decode=False, reconnect_attempts_max=1, **options
        )
        self.connection.set_listener("told", self)
        try:
            self.connection.connect(command.get("login"), command.get("passcode"), wait=True)
        except stomp.exception.ConnectFailedException as failure:
            raise RuntimeError(self.error or "not connected") from failure
        self.connected.wait(PATIENCE_S)  # the library may be heard after it has let go

    def on_connected(self, frame):
        self.connected_version = frame.headers.get("version", "1.0")
        self.connected.set()

    def on_message(self, frame):
        number = len(self.messages)
        self.messages[number] = frame.headers
        body = frame.body if isinstance(frame.body, bytes) else frame.body.encode()
        self.tell("message", number=number, headers=frame.headers, body=base64.b64encode(body).decode())

    def on_receipt(self, frame):
        self.receipts[frame.headers["receipt-id"]].set()

    def on_error(self, frame):
        self.error = frame.headers["message"]
        self.tell("error", text=self.error)

    def on_heartbeat(self):
        self.tell("heart-beat")

    def on_disconnected(self):
        self.tell("closed")

    def tell(self, event, **facts):
        tell({"event": event, "session": self.name, **facts})

    def with_receipt(self, act):
        """Calls `act` with the headers that ask for a receipt, and waits for it."""
        self.receipt_count += 1
        receipt = f"receipt-{self.receipt_count}"
        arrived = self.receipts[receipt] = threading.Event()
        act({"receipt": receipt})
        if not arrived.wait(PATIENCE_S):
            raise RuntimeError(self.error or "no receipt came")

    def subscribe(self, command):
        self.with_receipt(
            lambda headers: self.connection.subscribe(
                command["destination"], command["name"], ack=command["ack"], headers={**command["headers"], **headers}
            )
        )

    def unsubscribe(self, command):
        self.with_receipt(lambda headers: self.connection.unsubscribe(id=command["name"], headers=headers))

    def send(self, command):
        headers = dict(command["headers"])
        if "transaction" in command:
            headers["transaction"] = command["transaction"]

        def act(receipt):
            self.connection.send(
                command["destination"],
                base64.b64decode(command["body"]),
                command.get("contentType"),
                {**headers, **receipt},
            )

        if command["receipt"]:
            self.with_receipt(act)
        else:
            act({})

    def ack(self, command):
        self.acknowledge(self.connection.ack, command)

    def nack(self, command):
        self.acknowledge(self.connection.nack, command)

    def acknowledge(self, act, command):
        headers = self.messages[command["number"]]
        transaction = command.get("transaction")
        if self.version == "1.0":
            act(headers["message-id"], transaction)
        elif self.version == "1.1":
            act(headers["message-id"], headers["subscription"], transaction)
        else:
            act(headers["ack"], transaction)

    def begin(self, command):
        self.connection.begin(command["transaction"])

    def commit(self, command):
        self.connection.commit(command["transaction"])

    def abort(self, command):
        self.connection.abort(command["transaction"])

    def disconnect(self, _):
        self.with_receipt(lambda headers: self.connection.disconnect(headers["receipt"]))

    def drop(self, _):
        self.connection.transport.disconnect_socket()


def main():
    sessions = {}
    for line in sys.stdin:
        command = json.loads(line)
        name = command["session"]
        try:
            if command["do"] == "connect":
                sessions[name] = Session(name, command)
                tell({"id": command["id"], "result": sessions[name].connected_version})
            else:
                getattr(sessions[name], command["do"])(command)
                tell({"id": command["id"], "result": None})
        except Exception as failure:  # told, whatever it is: the test decides
            tell({"id": command["id"], "error": str(failure) or repr(failure)})


main()
