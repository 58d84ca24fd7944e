package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/sourcegraph/jsonrpc2"
)

// Error is an error of JSON-RPC, with its code.
type Error = jsonrpc2.Error

// The codes of JSON-RPC 2.0, section 5.1, and of LSP 3.17, "ErrorCodes" and "LSPErrorCodes".
const (
	CodeParseError           = jsonrpc2.CodeParseError
	CodeInvalidRequest       = jsonrpc2.CodeInvalidRequest
	CodeMethodNotFound       = jsonrpc2.CodeMethodNotFound
	CodeInvalidParams        = jsonrpc2.CodeInvalidParams
	CodeInternalError        = jsonrpc2.CodeInternalError
	CodeServerNotInitialized = -32002
	CodeRequestCancelled     = -32800
	CodeContentModified      = -32801
	CodeRequestFailed        = -32803
)

// Errorf makes an error with a code.
func Errorf(code int64, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// envelope is any message, its parts not decoded.
type envelope struct {
	Version json.RawMessage `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Method  json.RawMessage `json:"method"`
	Params  json.RawMessage `json:"params"`
	Result  json.RawMessage `json:"result"`
	Error   json.RawMessage `json:"error"`
}

// incoming is one message of the peer: a request, a notification or a response.
type incoming struct {
	method string // "" for a response
	params json.RawMessage
	id     json.RawMessage // nil for a notification
	whole  json.RawMessage
	batch  *batch
}

// isBatch reports whether a body is an array of messages.
func isBatch(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("["))
}

// parseMessage reads one message. An error comes with the id it can be answered with, nil where that is
// unknown; no error is returned for a response, which is never answered.
func parseMessage(body json.RawMessage) (incoming, json.RawMessage, *Error) {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return incoming{}, nil, Errorf(CodeParseError, "the message is not JSON: %v", err)
		}
		return incoming{}, nil, Errorf(CodeInvalidRequest, "a message must be an object")
	}
	if e.Method == nil && (e.Result != nil || e.Error != nil) {
		return incoming{whole: body}, nil, nil
	}
	id, idOK := requestID(e.ID)
	var method string
	switch {
	case !idOK:
		return incoming{}, nil, Errorf(CodeInvalidRequest, "the id must be an integer or a string")
	case e.Version != nil && string(e.Version) != `"2.0"`:
		return incoming{}, id, Errorf(CodeInvalidRequest, `jsonrpc must be "2.0"`)
	case e.Method == nil:
		return incoming{}, id, Errorf(CodeInvalidRequest, "the message has no method and no result")
	case e.Result != nil || e.Error != nil:
		return incoming{}, id, Errorf(CodeInvalidRequest, "the message has a method and a result")
	case json.Unmarshal(e.Method, &method) != nil || method == "":
		return incoming{}, id, Errorf(CodeInvalidRequest, "the method must be a string")
	}
	return incoming{method: method, params: e.Params, id: id, whole: body}, id, nil
}

// requestID brings an id into its canonical form: strings are escaped in one way. No id is nil.
func requestID(raw json.RawMessage) (id json.RawMessage, ok bool) {
	switch {
	case raw == nil:
		return nil, true
	case raw[0] == '"':
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return nil, false
		}
		id, err := json.Marshal(s)
		return id, err == nil
	case strings.Trim(string(raw), "-0123456789") == "":
		return raw, true
	}
	return nil, false
}

// encode returns v as JSON. Unlike json.Marshal it leaves <, > and & as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

type notification struct {
	Version string `json:"jsonrpc"`
	Method  string `json:"method"`
	Params  any    `json:"params,omitempty"`
}

type resultMessage struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  any             `json:"result"`
}

type errorMessage struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Error   *Error          `json:"error"`
}

var nullID = json.RawMessage("null")

// encodeReply returns the response to a request. An err that is no *Error is an internal error.
func encodeReply(id json.RawMessage, result any, err error) []byte {
	if id == nil {
		id = nullID
	}
	if err == nil {
		body, encodeErr := encode(resultMessage{"2.0", id, result})
		if encodeErr == nil {
			return body
		}
		err = encodeErr
	}
	var e *Error
	if !errors.As(err, &e) {
		e = Errorf(CodeInternalError, "%v", err)
	}
	body, encodeErr := encode(errorMessage{"2.0", id, e})
	if encodeErr != nil {
		panic("encoding an error: " + encodeErr.Error()) // strings and numbers only
	}
	return body
}
