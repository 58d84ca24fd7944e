package secrets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/rules"
)

// passedOn reports secrets that an option of the project has, from which another file gives them to a known option: my.password = "…" here, and
// services.x.password = config.my.password there. The default of the option counts where nothing defines it.
func (r *reader) passedOn(p *rules.Pass, told map[source.Span]bool, other func(source.Span) bool) {
	if p.Modules().Module == nil {
		return
	}
	r.attributesOf(secret.IsName, func(a attribute) {
		value, byDefault := r.Follow(a.value), false
		if fn, args := ast.Call(value); len(args) == 1 && ast.LastName(fn) == "mkOption" {
			b, has := ast.Attr(r.Follow(args[0]), "default")
			if !has {
				return
			}
			value, byDefault = b.Value(), true
		}
		var literals []fragment
		for _, l := range r.fragments(value) {
			if !told[l.at] && !isStandIn(l.value) && !isHash(l.value) && !bare.MatchString(l.value) && !other(l.at) {
				literals = append(literals, l)
			}
		}
		if len(literals) == 0 || apart(p, a.node) {
			return
		}
		for _, path := range r.pathsOf(a) {
			if len(path) > 1 && (byDefault && path[0] == "options" || !byDefault && path[0] == "config") {
				path = path[1:]
			} else if byDefault {
				continue
			}
			if len(path) < 2 || slices.Contains(path, "*") {
				continue
			}
			if _, known := secretOption(path); known {
				return
			}
			for _, l := range literals {
				r.passed(p, l, slices.Clone(path), byDefault)
			}
			return
		}
	})
}

// passed reports a literal that an option has, if another file gives it to a known option.
func (r *reader) passed(p *rules.Pass, l fragment, path []string, byDefault bool) {
	for i := range path {
		path[i] = strings.Clone(path[i])
	}
	weak, file := secret.IsWeak(l.value), p.Path
	p.Ask(func(a *rules.Asked) {
		for _, to := range a.PassedTo(file, path, byDefault) {
			o, known := secretOption(to.To)
			if !known || o.hashed {
				continue
			}
			f := diag.Finding{
				Span: l.at, Secret: true, Severity: o.severity(), Help: helpFor(&o),
				Message: fmt.Sprintf("the secret in %s, which is given to %s, is in Git and in the Nix store, where everybody can read it",
					diag.Code(strings.Join(path, ".")), diag.Code(strings.Join(to.To, "."))),
				Related: []diag.Related{{File: to.File, Span: to.Span, Message: "it is given to the option here"}},
			}
			if weak {
				f.Severity = min(f.Severity, diag.Info)
			}
			if a.Sample(file) {
				f.Severity = diag.Hint
			}
			a.Report(f)
			return
		}
	})
}
