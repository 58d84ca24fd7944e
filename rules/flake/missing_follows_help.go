package flake

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
)

// help says what to write, and what speaks against it.
func (c *followsCheck) help(group []rating) string {
	var lines []string
	for _, r := range group {
		lines = append(lines, "`"+flake.AttrPath(r.d.path)+".follows = "+ast.QuoteString(r.target())+";`")
	}
	text := "write " + diag.Join(lines, 4)
	if choices := group[0].d.choices; len(group) == 1 && len(choices) > 1 {
		text += ", or let it follow " + otherChoices(choices[1:])
	}
	if group[0].unneeded {
		return group[0].lead + ": " + text
	}
	if group[0].lead != "" {
		return group[0].lead + ": leave it so, or " + text
	}
	if group[0].d.weight == packageSet {
		text += ", so that one package set is downloaded, evaluated and built against"
	}
	return text + older(group[0].d)
}

// otherChoices names what else a copy may follow.
func otherChoices(choices []choice) string {
	names := make([]string, len(choices))
	for i, ch := range choices {
		names[i] = "`" + ch.in.Name + "`"
	}
	return strings.Join(names, " or ")
}

// older says that what a copy is to follow is older than the copy, by a week or more.
func older(d *duplicate) string {
	to := d.choices[0]
	if d.weight < packageSet || d.pinned || to.node == nil || to.node.LastModified() <= 0 {
		return ""
	}
	days := (d.node.LastModified() - to.node.LastModified()) / (24 * 60 * 60)
	if days < 7 {
		return ""
	}
	return fmt.Sprintf("; `%[1]s` is %[2]d days older than the copy: `nix flake update %[1]s` makes it newer", to.in.Name, days)
}
