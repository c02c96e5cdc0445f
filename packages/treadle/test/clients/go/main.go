// go-stomp, driven by the lines of its standard input: one JSON command each, answered by one JSON line.
//
// What the server sends by itself (messages, errors, the end) is told in lines of its own. The commands are listed in
// kit/client-process.ts.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/go-stomp/stomp/v3"
	"github.com/go-stomp/stomp/v3/frame"
)

// Command is one line of the input; what a command does not need is left out.
type Command struct {
	ID          int               `json:"id"`
	Do          string            `json:"do"`
	Session     string            `json:"session"`
	Port        int               `json:"port"`
	Version     string            `json:"version"`
	Login       string            `json:"login"`
	Passcode    string            `json:"passcode"`
	HeartBeat   [2]int            `json:"heartBeat"`
	Destination string            `json:"destination"`
	Name        string            `json:"name"`
	Ack         string            `json:"ack"`
	ContentType string            `json:"contentType"`
	Body        []byte            `json:"body"`
	Headers     map[string]string `json:"headers"`
	Receipt     bool              `json:"receipt"`
	Transaction string            `json:"transaction"`
	Number      int               `json:"number"`
}

var output sync.Mutex

func tell(line map[string]any) {
	text, _ := json.Marshal(line)
	output.Lock()
	defer output.Unlock()
	fmt.Println(string(text))
}

// A countingConn tells each heart-beat and the end of a connection: go-stomp keeps them to itself.
type countingConn struct {
	net.Conn
	session string
	once    sync.Once
}

func (c *countingConn) Read(octets []byte) (int, error) {
	n, err := c.Conn.Read(octets)
	if n == 1 && octets[0] == '\n' {
		tell(map[string]any{"event": "heart-beat", "session": c.session})
	}
	if err != nil {
		c.once.Do(func() { tell(map[string]any{"event": "closed", "session": c.session}) })
	}
	return n, err
}

// Session is one connection of go-stomp.
type Session struct {
	name          string
	conn          *stomp.Conn
	mutex         sync.Mutex
	messages      []*stomp.Message
	subscriptions map[string]*stomp.Subscription
	transactions  map[string]*stomp.Transaction
}

func connect(command Command) (*Session, error) {
	dialed, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", command.Port))
	if err != nil {
		return nil, err
	}
	options := []func(*stomp.Conn) error{
		stomp.ConnOpt.AcceptVersion(stomp.Version(command.Version)),
		stomp.ConnOpt.HeartBeat(
			time.Duration(command.HeartBeat[0])*time.Millisecond,
			time.Duration(command.HeartBeat[1])*time.Millisecond,
		),
		stomp.ConnOpt.HeartBeatError(100 * time.Millisecond),
		stomp.ConnOpt.Logger(silent{}),
	}
	if command.Login != "" {
		options = append(options, stomp.ConnOpt.Login(command.Login, command.Passcode))
	}
	conn, err := stomp.Connect(&countingConn{Conn: dialed, session: command.Session}, options...)
	if err != nil {
		dialed.Close()
		return nil, err
	}
	return &Session{
		name:          command.Session,
		conn:          conn,
		subscriptions: map[string]*stomp.Subscription{},
		transactions:  map[string]*stomp.Transaction{},
	}, nil
}

// do performs a command. go-stomp cannot ask for a receipt of SUBSCRIBE, ACK, BEGIN …: a SEND behind them does, for frames are handled in order.
func (s *Session) do(command Command) error {
	switch command.Do {
	case "subscribe":
		return s.subscribe(command)
	case "unsubscribe":
		return s.subscriptions[command.Name].Unsubscribe()
	case "send":
		return s.send(command)
	case "ack":
		return s.acknowledge(command, s.conn.Ack, (*stomp.Transaction).Ack)
	case "nack":
		return s.acknowledge(command, s.conn.Nack, (*stomp.Transaction).Nack)
	case "begin":
		transaction, err := s.conn.BeginWithError()
		s.transactions[command.Transaction] = transaction
		return err
	case "commit":
		return s.transactions[command.Transaction].Commit()
	case "abort":
		return s.transactions[command.Transaction].Abort()
	case "disconnect":
		return s.conn.Disconnect()
	case "drop":
		return s.conn.MustDisconnect()
	}
	return errors.New("unknown command " + command.Do)
}

func (s *Session) subscribe(command Command) error {
	options := []func(*frame.Frame) error{stomp.SubscribeOpt.Id(command.Name)}
	for name, value := range command.Headers {
		options = append(options, stomp.SubscribeOpt.Header(name, value))
	}
	modes := map[string]stomp.AckMode{
		"auto":              stomp.AckAuto,
		"client":            stomp.AckClient,
		"client-individual": stomp.AckClientIndividual,
	}
	subscription, err := s.conn.Subscribe(command.Destination, modes[command.Ack], options...)
	if err != nil {
		return err
	}
	s.subscriptions[command.Name] = subscription
	go s.read(subscription)
	return s.conn.Send("/topic/settled", "", nil, stomp.SendOpt.Receipt)
}

func (s *Session) read(subscription *stomp.Subscription) {
	for message := range subscription.C {
		if message.Err != nil {
			tell(map[string]any{"event": "error", "session": s.name, "text": message.Err.Error()})
			continue
		}
		headers := map[string]string{}
		for index := message.Header.Len() - 1; index >= 0; index-- {
			name, value := message.Header.GetAt(index)
			headers[name] = value
		}
		s.mutex.Lock()
		number := len(s.messages)
		s.messages = append(s.messages, message)
		s.mutex.Unlock()
		event := map[string]any{"event": "message", "session": s.name, "number": number, "headers": headers}
		event["body"] = message.Body
		if message.Body == nil {
			event["body"] = []byte{}
		}
		tell(event)
	}
}

func (s *Session) send(command Command) error {
	var options []func(*frame.Frame) error
	if command.Receipt {
		options = append(options, stomp.SendOpt.Receipt)
	}
	for name, value := range command.Headers {
		options = append(options, stomp.SendOpt.Header(name, value))
	}
	if command.Transaction != "" {
		return s.transactions[command.Transaction].Send(command.Destination, command.ContentType, command.Body, options...)
	}
	return s.conn.Send(command.Destination, command.ContentType, command.Body, options...)
}

func (s *Session) acknowledge(
	command Command,
	alone func(*stomp.Message) error,
	within func(*stomp.Transaction, *stomp.Message) error,
) error {
	s.mutex.Lock()
	message := s.messages[command.Number]
	s.mutex.Unlock()
	if command.Transaction != "" {
		return within(s.transactions[command.Transaction], message)
	}
	return alone(message)
}

// silent is a logger: what goes wrong is told by the commands.
type silent struct{}

func (silent) Debugf(string, ...interface{})   {}
func (silent) Infof(string, ...interface{})    {}
func (silent) Warningf(string, ...interface{}) {}
func (silent) Errorf(string, ...interface{})   {}
func (silent) Debug(string)                    {}
func (silent) Info(string)                     {}
func (silent) Warning(string)                  {}
func (silent) Error(string)                    {}

func main() {
	sessions := map[string]*Session{}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		var command Command
		if err := json.Unmarshal(lines.Bytes(), &command); err != nil {
			panic(err)
		}
		var result any
		var err error
		if command.Do == "connect" {
			var session *Session
			if session, err = connect(command); err == nil {
				sessions[command.Session] = session
				result = session.conn.Version()
			}
		} else {
			err = sessions[command.Session].do(command)
		}
		if err != nil {
			tell(map[string]any{"id": command.ID, "error": err.Error()})
		} else {
			tell(map[string]any{"id": command.ID, "result": result})
		}
	}
}
