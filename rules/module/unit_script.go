package module

import (
	"slices"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/rules"
)

// commandBesideScript reports a service of NixOS that is given an ExecStart beside a script, which defines ExecStart, too: two values
// that are no lists are not merged (nixos/lib/systemd-lib.nix, serviceConfig; systemd-unit-options.nix, unitOption).
func commandBesideScript(p *rules.Pass) {
	f := p.Modules()
	defined := f.DefinedOptions()
	var scripts []*module.Defined
	for i := range defined {
		if d := &defined[i]; len(d.Path) > 2 && d.Path[len(d.Path)-1] == "script" && definesText(f, d) {
			if u, ok := unitAt(d.Path); ok && u.kind == "services" && len(u.rest) == 1 {
				scripts = append(scripts, d)
			}
		}
	}
	if len(scripts) == 0 {
		return
	}
	for i := range defined {
		d := &defined[i]
		n := len(d.Path) - 2
		if n < 1 || d.Path[n] != "serviceConfig" || d.Path[n+1] != "ExecStart" || !definesText(f, d) {
			continue
		}
		for _, s := range scripts {
			if s.Of != d.Of || !slices.Equal(s.Path[:len(s.Path)-1], d.Path[:n]) {
				continue
			}
			p.Report(diag.Finding{
				Span: d.Node.Span(), Severity: diag.Warning,
				Message: "`script` defines the `ExecStart` of the service, too: the two definitions conflict, and evaluation fails",
				Help:    "leave one of them out",
				Related: []diag.Related{{Span: s.Node.Span(), Message: "`script` is defined here"}},
			})
			break
		}
	}
}

// definesText reports whether a definition gives a text that is not empty, in any case and with the usual priority.
func definesText(f *module.File, d *module.Defined) bool {
	if d.Conditional || d.Ordered || d.Cut || d.User || len(d.Overrides) > 0 || !d.Value.IsValid() || maybeAbsent(d.Of, d.Node) {
		return false
	}
	v := f.Written(d.Value)
	return v.Kinds == eval.String && (!v.Exact || v.Literal != "")
}
