package secrets

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "secret-in-environment", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "A variable of the environment has a secret written in it",
	Doc: "The environment of a unit, of a container or of the session stands in files of the Nix store and of `/etc`, which everybody on the\n" +
		"machine can read; `systemctl show` tells that of a unit to any user.\n" +
		"\n" +
		"Use `EnvironmentFile` (`environmentFiles` of a container) with a file that is there at run time, or `LoadCredential`. Paths, URLs and\n" +
		"what stands for a secret that is put in later are no finding, nor are examples and tests.",
	Severity: diag.Info, Presets: rules.Recommended,
	On: []ast.Kind{ast.Binding},
	File: func(p *rules.Pass) {
		r := newReader(p)
		told, other := map[source.Span]bool{}, elsewhere(p, p.Tree.Source())
		report := func(a attribute, name, value string, at source.Span) {
			const least = 3 // of a literal that is a part of the value
			if told[at] || len(strings.Trim(at.Of(p.Tree.Source()), `"'`)) < least || apart(p, a.node) || other(at) && hasForm(value) {
				return
			}
			told[at] = true
			p.ReportMildly(diag.Finding{
				Span: at, Secret: true, Message: fmt.Sprintf("the secret in the variable `%s` is in the Nix store, where everybody can read it", name),
				Help: "put it into a file that is there at run time: `EnvironmentFile`, `environmentFiles` or `LoadCredential`",
			}, diag.Hint)
		}
		r.attributesOf(func(name string) bool { return name == "Environment" || isVariable(name) }, func(a attribute) {
			for _, path := range r.pathsOf(a) {
				if a.last == "Environment" {
					if len(path) > 1 && slices.Contains(unitSections, path[len(path)-2]) {
						r.assignments(a, report)
						break
					}
					continue
				}
				if len(path) < 3 || !isEnvironment(path[:len(path)-1]) {
					continue
				}
				for _, l := range r.fragments(a.value) {
					if isSecretValue(l.value) {
						report(a, a.last, l.value, l.at)
					}
				}
			}
		})
	},
})

// unitSections are attributes that hold the settings of a unit's section: those of NixOS, and of units that are written as systemd names them.
var unitSections = []string{"serviceConfig", "Service", "managerEnvironment", "settings", "Manager"}

// isVariable reports whether the name of a variable says that it holds a secret.
func isVariable(name string) bool {
	if strings.IndexFunc(name, func(r rune) bool { return r != unicode.ToUpper(r) }) >= 0 {
		return false
	}
	return secret.IsName(name) || strings.HasSuffix(name, "_TOKEN") || strings.HasSuffix(name, "_SECRET") || strings.HasSuffix(name, "_PASS")
}

// isEnvironment reports whether an option is a set of variables.
func isEnvironment(path []string) bool {
	last := path[len(path)-1]
	switch last {
	case "environment", "env", "Env":
		return slices.ContainsFunc(path[:len(path)-1], func(name string) bool {
			return name == "services" || name == "containers" || name == "jobs" || name == "backups" || name == "daemons" || name == "agents"
		})
	case "globalEnvironment", "managerEnvironment":
		return path[max(0, len(path)-2)] == "systemd"
	case "EnvironmentVariables": // launchd
		return true
	case "variables", "sessionVariables":
		return path[len(path)-2] == "environment" || path[len(path)-2] == "home"
	}
	return false
}

// isSecretValue reports whether the value of a variable may be a secret itself.
func isSecretValue(value string) bool {
	return !isStandIn(value) && len(value) > 3 && !strings.Contains(value, "://") && !strings.Contains(value, "/run/") && !secret.IsWeak(value)
}

// assignments reports the secrets in the variables that Environment= of a unit sets: in a string with several of them, quoted or not, in
// a list, or put together.
func (r *reader) assignments(a attribute, report func(a attribute, name, value string, at source.Span)) {
	for _, v := range r.elements(a.value) {
		for _, l := range r.fragments(v) {
			for name, value := range variables(l.value) {
				if isVariable(name) && isSecretValue(value) {
					report(a, name, value, l.at)
				}
			}
		}
	}
}

// elements returns the elements of a list, through ++ and properties of modules, or the expression itself.
func (r *reader) elements(n ast.Node) []ast.Node {
	r.left = maxSteps
	return r.joined(n, maxLevels, nil)
}

func (r *reader) joined(n ast.Node, depth int, out []ast.Node) []ast.Node {
	if r.left--; r.left < 0 || depth == 0 || len(out) >= maxLiterals {
		return out
	}
	n = r.Follow(n)
	switch n.Form() {
	case ast.List:
		for c := range n.Children() {
			out = append(out, c)
		}
		return out
	case ast.Binary:
		if n.Op() == ast.OpConcat {
			return r.joined(n.Child(1), depth-1, r.joined(n.Child(0), depth-1, out))
		}
	case ast.Apply:
		fn, args := ast.Call(n)
		switch name := ast.LastName(fn); {
		case (name == "mkForce" || name == "mkDefault" || name == "mkIf" || name == "mkBefore" || name == "mkAfter" || name == "optionals" || name == "optional") && len(args) > 0:
			return r.joined(args[len(args)-1], depth-1, out)
		case name == "mkMerge" && len(args) == 1:
			if list := r.Follow(args[0]); list.Is(ast.List) {
				for c := range list.Children() {
					out = r.joined(c, depth-1, out)
				}
				return out
			}
		}
	}
	return append(out, n)
}

// variables yields the variables that a value of Environment= sets (systemd.exec(5)): words with = in them, each in quotes where it has
// blanks.
func variables(text string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
			var word string
			if quote := text[0]; quote == '"' || quote == '\'' {
				word, text, _ = strings.Cut(text[1:], string(quote))
			} else {
				word, text, _ = strings.Cut(text, " ")
			}
			if name, value, ok := strings.Cut(word, "="); ok && !yield(name, strings.Trim(value, `"'`)) {
				return
			}
		}
	}
}
