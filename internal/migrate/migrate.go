// Package migrate turns the settings of statix, deadnix and nixf-diagnose into a nixsift.toml. What a project
// had on stays on and what it had off stays off, under the names of the same rules here.
//
// The settings are those of statix 0.5 (statix.toml: disabled, ignore, nix_version), the flags of deadnix 1.3
// and those of nixf-diagnose (--ignore, --only).
package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/pflag"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

// Plan is what a configuration is made from.
type Plan struct {
	Exclude []string
	MinNix  string
	// Severity holds the rules that are set, by id.
	Severity map[string]diag.Severity
	// Unknown are names and flags of the other tool that mean nothing here.
	Unknown []string
	sources []string
}

// Tools are the names that From accepts.
func Tools() []string { return []string{"statix", "deadnix", "nixf"} }

// New returns a plan without settings.
func New() *Plan { return &Plan{Severity: map[string]diag.Severity{}} }

// byTool returns the rules that have an alias of a tool, with those aliases.
func byTool(tool string) map[*rules.Rule][]string {
	out := map[*rules.Rule][]string{}
	for _, r := range rules.All() {
		for _, a := range r.Aliases {
			if t, name, _ := strings.Cut(a, ":"); t == tool {
				out[r] = append(out[r], name)
			}
		}
	}
	return out
}

// set turns a rule on or off, where that is not what the default preset does.
func (p *Plan) set(r *rules.Rule, on bool) {
	switch {
	case r.Fixed:
	case on && !r.InPreset("recommended"):
		p.Severity[r.ID] = diag.Warning
	case !on && r.InPreset("recommended"):
		p.Severity[r.ID] = diag.Off
	}
}

// apply sets all rules of a tool: off where one of their names is in off.
func (p *Plan) apply(tool string, off []string, isOn func(name string) bool) {
	known := map[string]bool{}
	for r, names := range byTool(tool) {
		on := false
		for _, n := range names {
			known[strings.ToLower(n)] = true
			on = on || isOn(n)
		}
		for _, n := range names {
			if slices.ContainsFunc(off, func(o string) bool { return strings.EqualFold(o, n) }) {
				on = false
			}
		}
		p.set(r, on)
	}
	for _, o := range off {
		if !known[strings.ToLower(o)] {
			p.Unknown = append(p.Unknown, tool+" "+o)
		}
	}
}

// statixOff are the lints that statix has, but does not run.
var statixOff = []string{"W09", "unquoted_splice"}

// Statix adds the settings of a statix.toml. It fails on text that is no TOML.
func (p *Plan) Statix(text []byte) error {
	var c struct {
		Disabled []string `toml:"disabled"`
		Ignore   []string `toml:"ignore"`
		Version  string   `toml:"nix_version"`
	}
	if err := toml.Unmarshal(text, &c); err != nil {
		return fmt.Errorf("reading statix.toml: %w", err)
	}
	for _, glob := range c.Ignore {
		if glob != ".direnv" { // never walked anyway
			p.Exclude = append(p.Exclude, glob)
		}
	}
	p.MinNix = strings.TrimSpace(c.Version)
	p.apply("statix", c.Disabled, func(name string) bool { return !slices.Contains(statixOff, name) })
	p.sources = append(p.sources, "statix")
	return nil
}

// Deadnix adds the settings of deadnix's command line flags. It fails on flags that deadnix does not have.
func (p *Plan) Deadnix(args []string) error {
	f := pflag.NewFlagSet("deadnix", pflag.ContinueOnError)
	f.Usage = func() {}
	noArg := f.BoolP("no-lambda-arg", "l", false, "")
	noPattern := f.BoolP("no-lambda-pattern-names", "L", false, "")
	f.BoolP("no-underscore", "_", false, "") // names that start with _ are never reported
	used := f.BoolP("warn-used-underscore", "W", false, "")
	exclude := f.StringArray("exclude", nil, "")
	for _, name := range []string{"quiet", "edit", "hidden", "fail"} {
		f.BoolP(name, name[:1], false, "")
	}
	f.StringP("output-format", "o", "", "")
	if err := f.Parse(args); err != nil {
		return fmt.Errorf("reading the flags of deadnix: %w", err)
	}
	p.Exclude = append(p.Exclude, *exclude...)
	for id, on := range map[string]bool{
		"unused-let-binding": true, "unused-at-binding": true, "unused-lambda-arg": !*noArg, "unused-lambda-formal": !*noPattern, "used-underscore-name": *used,
	} {
		if r := rules.Lookup(id); r != nil {
			p.set(r, on)
		}
	}
	p.sources = append(p.sources, "deadnix")
	return nil
}

// Nixf adds the settings of nixf-diagnose's command line flags.
func (p *Plan) Nixf(args []string) error {
	f := pflag.NewFlagSet("nixf-diagnose", pflag.ContinueOnError)
	f.Usage = func() {}
	ignore := f.StringArrayP("ignore", "i", nil, "")
	only := f.StringArray("only", nil, "")
	f.Bool("auto-fix", false, "")
	f.Bool("variable-lookup", false, "")
	f.String("nixf-tidy-path", "", "")
	if err := f.Parse(args); err != nil {
		return fmt.Errorf("reading the flags of nixf-diagnose: %w", err)
	}
	p.apply("nixf", *ignore, func(name string) bool { return len(*only) == 0 || slices.Contains(*only, name) })
	p.sources = append(p.sources, "nixf")
	return nil
}

// TOML returns the configuration as text.
func (p *Plan) TOML() string {
	var b strings.Builder
	b.WriteString("preset = \"recommended\"\n")
	if len(p.Exclude) > 0 {
		b.WriteString("exclude = [")
		for i, e := range p.Exclude {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%q", e)
		}
		b.WriteString("]\n")
	}
	if p.MinNix != "" {
		fmt.Fprintf(&b, "minimum-nix-version = %q\n", p.MinNix)
	}
	if len(p.Severity) == 0 {
		return b.String()
	}
	ids := make([]string, 0, len(p.Severity))
	for id := range p.Severity {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	fmt.Fprintf(&b, "\n# As %s had it.\n[rules]\n", strings.Join(p.sources, " and "))
	for _, id := range ids {
		fmt.Fprintf(&b, "%s = %q\n", id, p.Severity[id])
	}
	return b.String()
}
