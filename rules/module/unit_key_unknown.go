package module

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unit-key-unknown", Family: family, Since: "0.1.0",
	Summary: "A key or a value of a unit is a slip of one that NixOS or systemd knows",
	Doc: "What stands in `serviceConfig`, `timerConfig`, `unitConfig` and the sections of home-manager's units is written into the unit\n" +
		"file as it is. systemd ignores a key that it does not know, with a line in its journal: a timer with `OnCalender` never\n" +
		"starts. A service with an unknown `Type` is not loaded.\n" +
		"\n" +
		"What stands beside the sections are options of NixOS: with `wantedby` or `enviroment` evaluation fails.\n" +
		"systemd refuses a service of `Type = \"oneshot\"` that is to `Restart` whenever it succeeds.\n" +
		"\n" +
		"Only keys are reported that are close to a known one, so that newer keys of systemd's pass.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.Binding},
	Node: func(p *rules.Pass, n ast.Node) {
		if !mayHoldUnits(p) {
			return
		}
		b := ast.BindingNode{Node: n}
		key, ok := ast.AttrName(b.Attrpath().Last())
		if !ok || len(key) < 3 || n.HasError() || strings.HasPrefix(key, "X-") {
			return
		}
		if mayBeUnitOption(b) && unitOption(p, b) {
			return
		}
		before, _ := b.Attrpath().LastTwo()
		name := ""
		if before.IsValid() {
			name, _ = ast.AttrName(before)
		} else if up, ok := holder(n.Parent()); ok {
			name = up.Attrpath().LastName()
		}
		section := unitSections[name]
		if section == nil {
			return
		}
		if u, ok := unitAround(p.Names(), b); !ok || !strings.HasSuffix(name, "Config") && !u.user {
			return
		}
		if section.has[key] {
			if key == "Restart" && restartsOneshot(p, b) {
				return
			}
			unitValue(p, b, key)
			return
		}
		meant := nearKey(key, section)
		if meant == "" || isUnitOption[key] {
			return
		}
		f := diag.Finding{
			Span:    b.Attrpath().Last().Span(),
			Message: fmt.Sprintf("systemd knows no %s in %s and ignores it", diag.Code(key), diag.Code(name)),
			Help:    "did you mean " + diag.Code(meant) + "?",
		}
		if _, twice := standingKey(b, meant); !twice && b.Attrpath().Last().Is(ast.Name) {
			f.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(meant), diag.Unsafe, b.Attrpath().Last().Span(), meant)}
		}
		p.Report(f)
	},
})

// nearKey returns the key that was probably meant: by two edits or case alone, or the end of which is left out, as in WorkingDir.
func nearKey(key string, section *unitSection) string {
	lower, best, limit := strings.ToLower(key), "", 2
	if len(key) < 6 {
		limit = 1
	}
	for _, k := range section.keys {
		if d := near.Distance(lower, strings.ToLower(k), limit); d <= limit {
			best, limit = k, d-1
			if limit < 0 {
				break
			}
		}
	}
	if best == "" && len(key) >= 6 {
		return section.begunBy(lower)
	}
	return best
}

// begunBy returns the key that begins with some letters, given in lower case: the shortest one, if all others begin with that.
func (s *unitSection) begunBy(lower string) string {
	found := ""
	for _, k := range s.keys {
		if strings.HasPrefix(strings.ToLower(k), lower) && (found == "" || len(k) < len(found)) {
			found = k
		}
	}
	if slices.ContainsFunc(s.keys, func(k string) bool {
		return strings.HasPrefix(strings.ToLower(k), lower) && !strings.HasPrefix(k, found)
	}) {
		if i := slices.IndexFunc(s.keys, func(k string) bool { return strings.EqualFold(k, lower+"Sec") }); i >= 0 {
			return s.keys[i]
		}
		return ""
	}
	return found
}

// unitValue reports a value that a key of few values does not take.
func unitValue(p *rules.Pass, b ast.BindingNode, key string) {
	values := unitValues[key]
	if values == nil {
		return
	}
	n := b.Value().Tail()
	if prop, ok := propertyOf(p.Names(), n); ok && n.Encloses(prop.call) {
		_, args := ast.Call(prop.call)
		n = args[len(args)-1].Tail()
	}
	text, ok := ast.StringValue(n)
	if !ok {
		if key == "Restart" && p.Names().IsGlobal(n, "true") || key == "Type" && nixlang.TypeOf(p.Names(), n) == nixlang.TypeBool {
			text, ok = n.Text(), true
		}
	}
	if !ok || text == "" || strings.ContainsRune(text, '%') {
		return
	}
	if isUnitValue(values, text) {
		return
	}
	f := diag.Finding{
		Span: n.Span(), Message: fmt.Sprintf("%s is none of the values that systemd knows for %s", diag.Code(text), diag.Code(key)),
		Help: "it takes " + strings.Join(values, ", "),
	}
	if meant := near.Find(text, values); meant != "" {
		f.Help = "did you mean " + diag.Code(meant) + "?"
		if n.Is(ast.String) {
			f.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(meant), diag.Unsafe, n.Span(), ast.QuoteString(meant))}
		}
	}
	p.Report(f)
}

// mayBeUnitOption reports whether a binding may lie in a unit of systemd, at a glance: where the names of units stand in its path, or one
// or two sets around it.
func mayBeUnitOption(b ast.BindingNode) bool {
	if names := b.Attrpath().Names(); slices.ContainsFunc(names[:len(names)-1], func(name string) bool { return unitKinds[name] != "" }) {
		return true
	}
	for range 2 {
		up, ok := holder(b.Parent())
		if !ok {
			return false
		}
		if slices.ContainsFunc(up.Attrpath().Names(), func(name string) bool { return unitKinds[name] != "" }) {
			return true
		}
		b = up
	}
	return false
}

// unitOption reports an option of a unit that is a slip of one that NixOS has.
func unitOption(p *rules.Pass, b ast.BindingNode) bool {
	u, ok := unitAt(pathAround(b))
	if !ok || len(u.rest) == 0 || len(b.Attrpath().Parts()) < len(u.rest) {
		return false
	}
	key := u.rest[0]
	if len(key) < 4 || isUnitOption[key] || homeSections[key] {
		return false
	}
	meant := nearKey(key, unitOptions)
	if meant == "" || key[0] >= 'A' && key[0] <= 'Z' && !(strings.HasSuffix(meant, "Config") && strings.EqualFold(key, meant)) {
		return false // unit-key-misplaced tells of systemd's own keys
	}
	at := b.Attrpath().Parts()[len(b.Attrpath().Parts())-len(u.rest)]
	f := diag.Finding{
		Span: at.Span(), Message: fmt.Sprintf("a unit of NixOS has no option %s: evaluation fails", diag.Code(key)), Help: "did you mean " + diag.Code(meant) + "?",
	}
	if at.Is(ast.Name) {
		f.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(meant), diag.Unsafe, at.Span(), meant)}
	}
	p.Report(f)
	return true
}

// restartsOneshot reports a service that is to start again when it has succeeded, though its type is oneshot: systemd refuses that
// (systemd.service(5), Restart=).
func restartsOneshot(p *rules.Pass, b ast.BindingNode) bool {
	restart, ok := ast.StringValue(b.Value().Tail())
	if !ok || restart != "always" && restart != "on-success" {
		return false
	}
	typ, ok := standingKey(b, "Type")
	if !ok {
		return false
	}
	if text, is := ast.StringValue(typ.Value().Tail()); !is || text != "oneshot" {
		return false
	}
	p.Report(diag.Finding{
		Span:    b.Value().Span(),
		Message: fmt.Sprintf("systemd refuses %s for a service of the type `oneshot`: it is never started", diag.Code(restart)),
		Help:    "use `on-failure`, or another `Type`",
		Related: []diag.Related{{Span: typ.Value().Span(), Message: "the type is this"}},
	})
	return true
}

// standingKey returns the binding of a key in the section that another one defines, where both stand in one set.
func standingKey(b ast.BindingNode, key string) (found ast.BindingNode, ok bool) {
	names := b.Attrpath().Names()
	for c := range b.Parent().Children() {
		other, is := ast.AsBinding(c)
		if !is {
			continue
		}
		path := other.Attrpath().Names()
		if n := len(path) - 1; n == len(names)-1 && path[n] == key && slices.Equal(path[:n], names[:n]) {
			return other, true
		}
	}
	return found, false
}
