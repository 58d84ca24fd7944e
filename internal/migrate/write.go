package migrate

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/nixsift/nixsift/rules"
)

// TOML returns the configuration as text. Comments say where settings come from.
func (p *Plan) TOML() string {
	o := p.resolve()
	var b strings.Builder
	fmt.Fprintf(&b, "preset = %q\n", p.preset)
	if len(o.exclude) > 0 {
		b.WriteString("exclude = [\n")
		for _, e := range o.exclude {
			fmt.Fprintf(&b, "  %s, # %s\n", quoted(e), comment(o.from[e]))
		}
		b.WriteString("]\n")
	}
	if p.minNix != "" {
		fmt.Fprintf(&b, "minimum-nix-version = %s # %s\n", quoted(p.minNix), comment([]string{p.minNixFrom}))
	}
	if len(o.settings) > 0 {
		b.WriteString("\n[rules]\n")
	}
	for _, s := range o.settings {
		fmt.Fprintf(&b, "%s = %s # %s\n", s.rule.ID, s.value(), comment(s.from))
	}
	for _, v := range o.overrides {
		fmt.Fprintf(&b, "\n# %s\n[[override]]\npaths = [%s]\n[override.rules]\n", comment(v.from), quotedList(v.paths))
		for _, r := range v.rules {
			fmt.Fprintf(&b, "%s = \"off\"\n", r.ID)
		}
	}
	return b.String()
}

// value returns what stands behind the rule's name.
func (s setting) value() string {
	severity := fmt.Sprintf("%q", s.severity)
	if len(s.options) == 0 {
		return severity
	}
	var parts []string
	if s.has {
		parts = append(parts, "severity = "+severity)
	}
	for _, o := range s.options {
		parts = append(parts, o+" = true")
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// Report returns what was taken over and from where, a line each.
func (p *Plan) Report() []string {
	o := p.resolve()
	var out []string
	for _, u := range p.uses {
		line := "found " + u.tool
		if u.file != "" {
			line += " in " + u.file
		}
		if u.what != "" && u.what != u.tool {
			line += ": " + u.what
		}
		if u.also != "" {
			line += ", with " + u.also
		}
		out = append(out, line)
	}
	from := func(list []string) string {
		if len(list) == 0 || list[0] == "" {
			return ""
		}
		return " (" + strings.Join(list, "; ") + ")"
	}
	// Rules of the same value and origin share a line.
	var groups []string
	members := map[string][]string{}
	for _, s := range o.settings {
		var value []string
		if s.has {
			value = append(value, s.severity.String())
		}
		if len(s.options) > 0 {
			value = append(value, "with "+strings.Join(s.options, " and "))
		}
		key := strings.Join(value, " ") + "\x00" + from(s.from)
		if members[key] == nil {
			groups = append(groups, key)
		}
		members[key] = append(members[key], s.rule.ID)
	}
	for _, g := range groups {
		value, origin, _ := strings.Cut(g, "\x00")
		out = append(out, value+": "+strings.Join(members[g], ", ")+origin)
	}
	for _, e := range o.exclude {
		out = append(out, "exclude: "+quoted(e)+from(o.from[e]))
	}
	for _, v := range o.overrides {
		out = append(out, "off in "+quotedList(v.paths)+": "+ids(v.rules)+from(v.from))
	}
	if p.minNix != "" {
		out = append(out, "minimum-nix-version: "+p.minNix+from([]string{p.minNixFrom}))
	}
	return out
}

// Lost returns what could not be taken over, a line each.
func (p *Plan) Lost() []string { return p.resolve().lost }

func ids(list []*rules.Rule) string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.ID
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// comment writes origins in one line that is safe in a comment of TOML, which allows no control characters.
func comment(from []string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.Join(from, "; "))
}

// quoted writes a string of TOML.
func quoted(s string) string {
	control := strings.ContainsFunc(s, unicode.IsControl)
	if strings.Contains(s, `\`) && !strings.Contains(s, "'") && !control {
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsControl(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func quotedList(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = quoted(s)
	}
	return strings.Join(out, ", ")
}
