package protocol

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/sourcegraph/jsonrpc2"
)

// Request is a request or a notification of the peer.
type Request struct {
	Method string
	// Params is undecoded; nil where the message has none.
	Params json.RawMessage

	conn    *Conn
	id      json.RawMessage
	batch   *batch
	replied atomic.Bool
}

// IsNotification reports whether the message wants no reply.
func (r *Request) IsNotification() bool { return r.id == nil }

// ID returns the id of a request as $/cancelRequest names it; "" for a notification.
func (r *Request) ID() string { return string(r.id) }

// Reply answers a request with a result, or with err where that is not nil; an err that is no *Error is an
// internal error. The first call counts. Notifications are not answered.
func (r *Request) Reply(result any, err error) {
	if r.id == nil || r.replied.Swap(true) {
		return
	}
	body := encodeReply(r.id, result, err)
	if r.batch != nil {
		r.batch.reply(body)
	} else {
		r.conn.out.send(body)
	}
}

// Decode reads the parameters into v. Missing ones leave it as it is. The error can be replied.
func (r *Request) Decode(v any) error {
	if r.Params == nil {
		return nil
	}
	if err := json.Unmarshal(r.Params, v); err != nil {
		return Errorf(CodeInvalidParams, "the parameters of %s: %v", r.Method, err)
	}
	return nil
}

// Conn is a connection to a client. The loop that reads and the calls to the client are those of
// sourcegraph/jsonrpc2; the stream below them is ours, since that of the library gives up at the first
// message it cannot read, and takes time and memory for large ones. For the same reason requests keep
// their parameters and ids as they came, and replies and notifications are written here.
type Conn struct {
	rpc     *jsonrpc2.Conn
	started chan struct{} // closed when rpc is set
	log     Logger
	in      frameReader
	out     *frameWriter
	closeIn func() error
	queue   []incoming // the rest of a batch
	current incoming   // what ReadObject returned last
	calls   atomic.Uint64
}

// Logger takes what nobody can be told.
type Logger interface {
	Printf(format string, args ...any)
}

// NewConn makes a connection; Start starts it. If in is an io.Closer, closing the connection closes it.
func NewConn(in io.Reader, out io.Writer, log Logger) *Conn {
	c := &Conn{out: newFrameWriter(out), log: log, started: make(chan struct{}), closeIn: func() error { return nil }}
	if closer, ok := in.(io.Closer); ok {
		c.closeIn = closer.Close
	}
	c.in = frameReader{r: bufio.NewReaderSize(in, 64<<10), report: func(code int64, message string) {
		log.Printf("%s", message)
		c.out.send(encodeReply(nil, nil, Errorf(code, "%s", message)))
	}, note: func(message string) { log.Printf("%s", message) }}
	return c
}

// Start reads messages until the input ends. handle is called for each request and notification in turn
// and must not wait for the client.
func (c *Conn) Start(handle func(*Request)) {
	h := handlerFunc(func() {
		m := c.current
		c.current = incoming{}
		handle(&Request{Method: m.method, Params: m.params, conn: c, id: m.id, batch: m.batch})
	})
	c.rpc = jsonrpc2.NewConn(context.Background(), (*stream)(c), h, jsonrpc2.SetLogger(c.log))
	close(c.started)
}

type handlerFunc func()

func (h handlerFunc) Handle(context.Context, *jsonrpc2.Conn, *jsonrpc2.Request) { h() }

// Done is closed when no more messages can be read: the input ended, or Close was called.
func (c *Conn) Done() <-chan struct{} { return c.rpc.DisconnectNotify() }

// Broken is closed when the client takes no more messages.
func (c *Conn) Broken() <-chan struct{} { return c.out.broken }

// Close ends the connection. It waits until the client has taken what was sent, but not longer than the
// timeout.
func (c *Conn) Close(timeout time.Duration) {
	flushed := make(chan struct{})
	go func() {
		c.out.close()
		close(flushed)
	}()
	select {
	case <-flushed:
	case <-time.After(timeout):
	}
	// It fails where the connection is closed already, which is as well.
	_ = c.rpc.Close()
}

// Message is a notification, ready to be sent.
type Message []byte

// EncodeNotification makes a notification.
func EncodeNotification(method string, params any) (Message, error) {
	return encode(notification{"2.0", method, params})
}

// Send sends what EncodeNotification made. Messages arrive in the order in which they were sent.
func (c *Conn) Send(m Message) { c.out.send(m) }

// Notify sends a notification.
func (c *Conn) Notify(method string, params any) error {
	m, err := EncodeNotification(method, params)
	if err != nil {
		return err
	}
	c.Send(m)
	return nil
}

// Call sends a request and waits for its result, which it stores in result. A call whose context ends is
// cancelled at the client.
func (c *Conn) Call(ctx context.Context, method string, params, result any) error {
	id := c.calls.Add(1)
	err := c.rpc.Call(ctx, method, params, result, jsonrpc2.PickID(jsonrpc2.ID{Num: id}))
	if err != nil && ctx.Err() != nil {
		return errors.Join(err, c.Notify("$/cancelRequest", map[string]uint64{"id": id}))
	}
	return err
}

// stream is a Conn as jsonrpc2 sees it.
type stream Conn

// ReadObject gives the library the next message that is for it. It hands over no more of a request than
// that there is one; the handler takes it from the connection.
func (s *stream) ReadObject(v any) error {
	into, ok := v.(json.Unmarshaler)
	if !ok {
		return errors.New("the message type of jsonrpc2 is not what it was")
	}
	<-s.started
	for {
		m, err := (*Conn)(s).read()
		if err != nil {
			return err
		}
		if m.method != "" {
			s.current = m
			return into.UnmarshalJSON([]byte(`{"method":"-"}`))
		}
		// A response that the library does not understand is to no call of ours.
		if into.UnmarshalJSON(m.whole) == nil {
			return nil
		}
	}
}

// read returns the next message. Those that cannot be understood are answered and left out.
func (c *Conn) read() (incoming, error) {
	for {
		if len(c.queue) > 0 {
			m := c.queue[0]
			c.queue = c.queue[1:]
			return m, nil
		}
		body, err := c.in.next()
		if err != nil {
			return incoming{}, err
		}
		if isBatch(body) {
			c.queue = readBatch(body, c.out.send)
			continue
		}
		m, id, problem := parseMessage(body)
		if problem == nil {
			return m, nil
		}
		c.out.send(encodeReply(id, nil, problem))
	}
}

// WriteObject sends a call of the library's.
func (s *stream) WriteObject(v any) error {
	body, err := encode(v)
	if err != nil {
		return err
	}
	s.out.send(body)
	return nil
}

// Close stops reading.
func (s *stream) Close() error { return s.closeIn() }
