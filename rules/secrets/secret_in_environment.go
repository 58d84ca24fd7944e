package secrets

import (
	"fmt"
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
		told := map[source.Span]bool{}
		report := func(a attribute, name string, at source.Span) {
			if told[at] || apart(a.node) {
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
					if len(path) > 1 && path[len(path)-2] == "serviceConfig" {
						r.assignments(a, report)
					}
					continue
				}
				if len(path) < 3 || !isEnvironment(path[:len(path)-1]) {
					continue
				}
				for _, n := range r.literals(a.value) {
					if value, whole := ast.StringValue(n); whole && isSecretValue(value) {
						report(a, a.last, n.Span())
					}
				}
			}
		})
	},
})

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
	case "environment":
		return slices.Contains(path, "services") || slices.Contains(path, "containers") || slices.Contains(path, "jobs") || slices.Contains(path, "backups")
	case "variables", "sessionVariables":
		return path[len(path)-2] == "environment" || path[len(path)-2] == "home"
	}
	return false
}

// isSecretValue reports whether the value of a variable may be a secret itself.
func isSecretValue(value string) bool {
	return !isStandIn(value) && len(value) > 3 && !strings.Contains(value, "://") && !strings.Contains(value, "/run/") && !secret.IsWeak(value)
}

// assignments reports the secrets in the variables that Environment= of a unit sets.
func (r *reader) assignments(a attribute, report func(a attribute, name string, at source.Span)) {
	values := []ast.Node{a.value}
	if list := r.Follow(a.value); list.Is(ast.List) {
		values = values[:0]
		for c := range list.Children() {
			values = append(values, c)
		}
	}
	for _, v := range values {
		for _, n := range r.literals(v) {
			text, whole := ast.StringValue(n)
			name, value, ok := strings.Cut(strings.Trim(text, `"'`), "=")
			if whole && ok && isVariable(name) && isSecretValue(strings.Trim(value, `"'`)) {
				report(a, name, n.Span())
			}
		}
	}
}
