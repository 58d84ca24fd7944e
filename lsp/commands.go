package lsp

import (
	"fmt"
	"path/filepath"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// commandActions are what the server can do about findings that is no edit of a document: tell Git of files, write all that may follow.
func (v *versions) commandActions(near []diag.Finding) (actions []protocol.CodeAction) {
	if !v.client.Commands {
		return nil
	}
	seen := map[string]bool{}
	for _, f := range near {
		if f.Untracked != "" && !seen[f.Untracked] {
			seen[f.Untracked] = true
			title := fmt.Sprintf("run `git add -N` for `%s`", filepath.Base(f.Untracked))
			actions = append(actions, v.commandAction(f, title, trackCommand, string(protocol.URIOf(f.Untracked))))
		}
		if f.Rule == followsRule && v.client.AppliesEdits && len(fix.Plan([]diag.Finding{f}, fix.AlsoUnsafe)) > 0 && !seen[followsRule] {
			seen[followsRule] = true
			actions = append(actions, v.commandAction(f, "add all missing `follows` (unsafe)", followsCommand, string(v.doc.uri)))
		}
	}
	return actions
}

// explanations are the actions that show the pages of the rules of findings.
func (v *versions) explanations(near []diag.Finding) (actions []protocol.CodeAction) {
	if !v.client.Commands {
		return nil
	}
	seen := map[string]bool{}
	for _, f := range near {
		if r := v.checker.Rule(v.doc.path, f.Rule); r != nil && !r.Own && !seen[r.ID] {
			seen[r.ID] = true
			actions = append(actions, v.commandAction(f, fmt.Sprintf("explain `%s`", r.ID), explainCommand, r.ID))
		}
	}
	return actions
}

func (v *versions) commandAction(f diag.Finding, title, command, argument string) protocol.CodeAction {
	return protocol.CodeAction{
		Title: title, Kind: protocol.QuickFix, Diagnostics: v.diagnostics([]diag.Finding{f}), Command: newCommand(title, command, argument),
	}
}
