package engine

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/rules"
)

// guard runs part of rules and turns a panic into an internal error of the one that runs; the rest of the run goes on.
func (w *worker) guard(running func() *rules.Rule, run func()) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case enough, rules.TooMuch:
		default:
			w.errors = append(w.errors, FileError{File: w.path, Message: fmt.Sprintf("rule %s failed: %s\n%s", running().ID, w.failure(v), trace()), Kind: Internal})
		}
	}()
	run()
}

// failure says with what a panic came, without the secrets of the file at hand. A file that even this fails for is not quoted.
func (w *worker) failure(v any) (says string) {
	if e, ok := v.(runtime.Error); ok {
		return e.Error() // of indices and types
	}
	defer func() {
		if recover() != nil {
			says = fmt.Sprintf("%T", v)
		}
	}()
	text := w.text
	if w.tree != nil {
		text = w.tree.Source()
	}
	return secret.HideNamed(text, fmt.Sprint(v))
}

// trace returns the stack of a panic, without the frames of the recovery.
func trace() string {
	stack := string(debug.Stack())
	if i := strings.Index(stack, "panic("); i >= 0 {
		stack = stack[i:]
	}
	return stack
}
