package protocol

import (
	"bytes"
	"encoding/json"
	"sync"
)

// batch collects the responses to the messages of one array (JSON-RPC 2.0, section 6): they go out
// together, when the last one is there. LSP has no batches, but a client may send one.
type batch struct {
	mu      sync.Mutex
	open    int // messages that may still be answered
	replies [][]byte
	send    func(body []byte)
}

// readBatch splits an array into messages. The elements that are no messages are answered at once.
func readBatch(body []byte, send func([]byte)) []incoming {
	var elements []json.RawMessage
	if err := json.Unmarshal(body, &elements); err != nil {
		send(encodeReply(nil, nil, Errorf(CodeParseError, "the message is not JSON: %v", err)))
		return nil
	}
	if len(elements) == 0 {
		send(encodeReply(nil, nil, Errorf(CodeInvalidRequest, "a batch must not be empty")))
		return nil
	}
	b := &batch{open: 1, send: send}
	var out []incoming
	for _, e := range elements {
		m, id, err := parseMessage(e)
		if err != nil {
			b.replies = append(b.replies, encodeReply(id, nil, err))
			continue
		}
		if m.id != nil && m.method != "" {
			m.batch = b
			b.open++
		}
		out = append(out, m)
	}
	b.done()
	return out
}

// reply adds one response.
func (b *batch) reply(body []byte) {
	b.mu.Lock()
	b.replies = append(b.replies, body)
	b.mu.Unlock()
	b.done()
}

func (b *batch) done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open--; b.open == 0 && len(b.replies) > 0 {
		b.send(append(append([]byte("["), bytes.Join(b.replies, []byte(","))...), ']'))
	}
}
