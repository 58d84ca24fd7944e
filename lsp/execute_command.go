package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nixsift/nixsift/internal/changes"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/lsp/protocol"
	"github.com/nixsift/nixsift/rules"
)

// The commands that the server executes, and their one argument.
const (
	explainCommand = "nixsift.explain"    // the id of a rule
	trackCommand   = "nixsift.track"      // the URI of a file
	followsCommand = "nixsift.addFollows" // the URI of an open flake.nix
)

// commandNames are the commands in the order in which they are told.
var commandNames = []string{explainCommand, trackCommand, followsCommand}

// commands make the work of the commands.
var commands = map[string]func(s *Server, argument string) (work, error){
	explainCommand: explain,
	trackCommand:   track,
	followsCommand: addFollows,
}

// executeCommand does what an action asked for that is no edit.
func executeCommand(s *Server, r *protocol.Request) (work, error) {
	var params protocol.ExecuteCommandParams
	if err := r.Decode(&params); err != nil {
		return nil, err
	}
	start := commands[params.Command]
	if start == nil {
		return nil, protocol.Errorf(protocol.CodeInvalidParams, "there is no command %s", params.Command)
	}
	var argument string
	if len(params.Arguments) != 1 || json.Unmarshal(params.Arguments[0], &argument) != nil {
		return nil, protocol.Errorf(protocol.CodeInvalidParams, "%s takes one argument, which is a string", params.Command)
	}
	return start(s, argument)
}

// newCommand is a command with its title.
func newCommand(title, name, argument string) *protocol.Command {
	return &protocol.Command{Title: title, Command: name, Arguments: []any{argument}}
}

// explain shows the page of a rule, or says in one line what the rule is about where the client can show none.
func explain(s *Server, id string) (work, error) {
	rule := rules.Lookup(id)
	if rule == nil {
		return nil, protocol.Errorf(protocol.CodeInvalidParams, "there is no rule %s", id)
	}
	s.mu.Lock()
	shows := s.client.ShowsDocuments
	s.mu.Unlock()
	return func(ctx context.Context) (any, error) {
		if !shows {
			return nil, s.conn.Notify("window/showMessage", protocol.ShowMessageParams{
				Type: protocol.LogInfo, Message: fmt.Sprintf("%s: %s (%s)", rule.ID, rule.Summary, rule.URL()),
			})
		}
		return nil, s.ask(ctx, "window/showDocument", protocol.ShowDocumentParams{URI: rule.URL(), External: true}, nil)
	}, nil
}

// editPatience is how long the server waits for what it asks of the client.
const editPatience = time.Minute

// ask sends the client a request.
func (s *Server) ask(ctx context.Context, method string, params, result any) error {
	ctx, cancel := context.WithTimeout(ctx, editPatience)
	defer cancel()
	return s.conn.Call(ctx, method, params, result)
}

// track tells Git of a file, so that the flake sees it.
func track(s *Server, uri string) (work, error) {
	path, ok := protocol.PathOf(protocol.DocumentURI(uri))
	if !ok {
		return nil, protocol.Errorf(protocol.CodeInvalidParams, "%s is no file", uri)
	}
	return func(ctx context.Context) (any, error) {
		if err := changes.Track(ctx, path); err != nil {
			return nil, protocol.Errorf(protocol.CodeRequestFailed, "%v", err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.renew()
		return nil, nil
	}, nil
}

// followsRule is the rule whose fixes addFollows makes.
const followsRule = "missing-follows"

// addFollows has the client write all that the inputs of a flake's inputs may follow.
func addFollows(s *Server, uri string) (work, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.open[key(protocol.DocumentURI(uri))]
	if o == nil {
		return nil, protocol.Errorf(protocol.CodeInvalidParams, "%s is not open", uri)
	}
	return s.whenChecked(o, true, func(ctx context.Context, q *query) (any, error) {
		if q == nil {
			return nil, nil
		}
		edit, err := q.fixEach(ctx, fix.AlsoUnsafe, func(x fix.Planned) bool { return x.Rule == followsRule })
		switch {
		case err != nil:
			return nil, err
		case edit == nil:
			return nil, protocol.Errorf(protocol.CodeRequestFailed, "no input is to follow")
		}
		return nil, s.apply(ctx, "add missing follows", *edit)
	}), nil
}

// apply has the client make an edit.
func (s *Server) apply(ctx context.Context, label string, edit protocol.WorkspaceEdit) error {
	var result protocol.ApplyWorkspaceEditResult
	if err := s.ask(ctx, "workspace/applyEdit", protocol.ApplyWorkspaceEditParams{Label: label, Edit: edit}, &result); err != nil {
		return err
	}
	if !result.Applied {
		return protocol.Errorf(protocol.CodeRequestFailed, "the editor did not make the change: %s", result.FailureReason)
	}
	return nil
}
