package lsp

import (
	"fmt"
	"path/filepath"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// commandActions are what the server can do about findings that is no edit of a document: tell Git of files, write all that
// may follow, show the pages of rules.
func (v *versions) commandActions(near []diag.Finding) (before, after []protocol.CodeAction) {
	if !v.client.Commands {
		return nil, nil
	}
	action := func(f diag.Finding, title, command, argument string) protocol.CodeAction {
		return protocol.CodeAction{
			Title: title, Kind: protocol.QuickFix, Diagnostics: v.diagnostics([]diag.Finding{f}), Command: newCommand(title, command, argument),
		}
	}
	seen := map[string]bool{}
	first := func(what, of string) bool {
		is := !seen[what+of]
		seen[what+of] = true
		return is
	}
	for _, f := range near {
		if f.Untracked != "" && first(trackCommand, f.Untracked) {
			title := fmt.Sprintf("run `git add -N` for `%s`", filepath.Base(f.Untracked))
			before = append(before, action(f, title, trackCommand, string(protocol.URIOf(f.Untracked))))
		}
		if f.Rule == followsRule && v.client.AppliesEdits && len(fix.Plan([]diag.Finding{f}, fix.AlsoUnsafe)) > 0 && first(followsCommand, "") {
			before = append(before, action(f, "add all missing `follows` (unsafe)", followsCommand, string(v.doc.uri)))
		}
		if r := v.checker.Rule(v.doc.path, f.Rule); r != nil && !r.Own && first(explainCommand, r.ID) {
			after = append(after, action(f, fmt.Sprintf("explain `%s`", r.ID), explainCommand, r.ID))
		}
	}
	return before, after
}
