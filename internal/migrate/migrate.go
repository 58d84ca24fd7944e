// Package migrate turns what a project uses of statix, deadnix and nixf-diagnose into a nixsift.toml: settings of
// the tools themselves, of treefmt, pre-commit and their Nix modules, and commands of CI files. What a project had
// on stays on and what it had off stays off, under the names of the same rules here; what leaves files out becomes
// exclude, or an override where another tool looks at them.
//
// The settings are those of statix 0.5 (statix.toml, check and fix), the flags of deadnix 1.3 and those of
// nixf-diagnose 0.1 (--ignore, --only, --variable-lookup), and of treefmt 2, pre-commit, treefmt-nix and
// git-hooks.nix in their forms of 2026.
package migrate

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/rules"
)

// tool is a tool whose settings can be read, with its name in aliases of rules.
type tool struct{ name, alias string }

var tools = []tool{{"statix", "statix"}, {"deadnix", "deadnix"}, {"nixf-diagnose", "nixf"}}

// Names are the names that From of the command line accepts: those of tools, and nixpkgs for what NixOS/nixpkgs
// has its CI check.
func Names() []string { return []string{"statix", "deadnix", "nixf-diagnose", "nixpkgs"} }

// toolNamed returns the tool with a name or an alias, "" for none.
func toolNamed(name string) string {
	for _, t := range tools {
		if name == t.name || name == t.alias {
			return t.name
		}
	}
	return ""
}

// state is what a tool does about a rule in one use.
type state uint8

const (
	silent   state = iota // it does not report it unless asked, and is not asked
	ignored               // it was told not to
	reported              // it reports it
)

// use is one way in which a project uses a tool, with what it means here.
type use struct {
	plan             *Plan
	tool, file, what string
	also             string // a second file that decides, or ""
	rules            map[*rules.Rule]state
	exclude          []string
	hidden           bool // hidden files are left out
}

// Plan is what a configuration is made from.
type Plan struct {
	dir    string // "" for none
	only   string // the tool that is looked for; "" for all
	preset string
	hidden bool // the folder has hidden Nix files

	uses               []*use
	conf               *statixConfig // statix.toml of the folder, or nil
	minNix, minNixFrom string
	lost               []string
}

// New returns a plan without settings for a folder, given by its absolute path; "" reads no files.
func New(dir string) *Plan { return &Plan{dir: dir, preset: "recommended"} }

// Only makes the plan look for one tool, given by a name of Names or its short form, `nixf`. The error is that of
// an unknown name.
func (p *Plan) Only(name string) error {
	if p.only = toolNamed(name); p.only == "" {
		return fmt.Errorf("`%s` is none of %s", name, strings.Join(Names(), ", "))
	}
	return nil
}

// Flags adds a call of a tool by the arguments of its command line. The error is that of arguments that the tool
// does not understand.
func (p *Plan) Flags(tool string, args []string) error {
	tool = toolNamed(tool)
	return p.add(call{tool: tool, what: strings.Join(append([]string{tool}, args...), " "), args: args, walks: true})
}

// add adds a call of one of the tools.
func (p *Plan) add(c call) error {
	switch {
	case p.only != "" && c.tool != p.only:
		return nil
	case c.tool == "deadnix":
		return p.deadnix(c)
	case c.tool == "statix":
		return p.statix(c)
	}
	return p.nixf(c)
}

// use adds a use, whose rules are still to be set. Targets are the files and folders that the call names.
func (p *Plan) use(c call, targets []string) *use {
	u := &use{plan: p, tool: c.tool, file: c.file, what: c.what, rules: map[*rules.Rule]state{}, exclude: c.exclude}
	p.uses = append(p.uses, u)
	targets = slices.DeleteFunc(targets, func(t string) bool { return strings.Trim(t, "./") == "" || t == "{}" || t == "*" })
	if len(targets) > 0 && c.file != "" {
		p.lose(u, "it looks at `%s` only; here the rules hold for all files", strings.Join(targets, " "))
	}
	return u
}

// set sets the state of the rule with an id.
func (u *use) set(id string, s state) {
	if r := rules.Lookup(id); r != nil {
		u.rules[r] = s
	}
}

// leaveOut adds a pattern of files that the tool does not look at, as read by one of the from functions.
func (u *use) leaveOut(pattern string, from func(string) ([]string, bool)) {
	out, ok := from(pattern)
	if !ok {
		u.plan.lose(u, "`%s` leaves files out in a way that nixsift.toml cannot say", pattern)
		return
	}
	for _, o := range out {
		if !slices.Contains(u.exclude, o) {
			u.exclude = append(u.exclude, o)
		}
	}
}

// lose records what a use says and nixsift.toml cannot.
func (p *Plan) lose(u *use, format string, args ...any) {
	p.lost = append(p.lost, u.place()+fmt.Sprintf(format, args...))
}

// place returns what a message about the call starts with.
func (c call) place() string { return place(c.file, c.tool) }

func (u *use) place() string { return place(u.file, u.tool) }

func place(file, tool string) string {
	if file == "" {
		return tool + ": "
	}
	return file + ": " + tool + ": "
}

// from returns the files that a use comes from, for comments.
func (u *use) from() string {
	switch {
	case u.file == "" && u.also == "":
		return u.what
	case u.file == "":
		return u.also
	case u.also != "":
		return u.file + ", " + u.also
	}
	return u.file
}

// readFile reads a file by its path relative to the folder, with slashes.
func (p *Plan) readFile(rel string) ([]byte, error) {
	path := filepath.FromSlash(rel)
	if !filepath.IsAbs(path) {
		if p.dir == "" {
			return nil, os.ErrNotExist
		}
		path = filepath.Join(p.dir, path)
	}
	return workspace.OS.ReadFile(path)
}

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

// aliased reports whether a rule stands for what a tool calls so.
func aliased(tool, name string) bool {
	for _, names := range byTool(tool) {
		if has(names, name) {
			return true
		}
	}
	return false
}

// wider are the options that make rules speak where the tools do: they know no packages, modules and overlays.
var wider = map[string][]string{"unused-lambda-formal": {"everywhere", "interfaces"}, "unused-lambda-arg": {"overlays"}, "used-underscore-name": {"let"}}

// narrower are the options that keep rules to what a tool reports, where no other tool reports more.
var narrower = map[string]map[string]string{"nixf-diagnose": {"useless-parens": "single"}}

// options returns the options to set for a rule that some uses report.
func options(r *rules.Rule, on []*use) []string {
	out := wider[r.ID]
	option := narrower[on[0].tool][r.ID]
	if option != "" && !slices.ContainsFunc(on, func(u *use) bool { return narrower[u.tool][r.ID] != option }) {
		return append(slices.Clone(out), option)
	}
	return out
}

// setting is what is written about one rule.
type setting struct {
	rule     *rules.Rule
	severity diag.Severity
	has      bool     // the severity is written
	options  []string // are set to true
	from     []string
}

// override is what is written for files that only some of the tools look at.
type override struct {
	paths []string
	rules []*rules.Rule
	from  []string
}

// outcome is what the uses of a plan come to.
type outcome struct {
	settings  []setting
	exclude   []string
	from      map[string][]string // of exclude
	overrides []override
	lost      []string
}

// resolve brings the uses together: a rule is on where some use reports it, else off where some use ignores it.
func (p *Plan) resolve() outcome {
	o := outcome{from: map[string][]string{}, lost: slices.Clone(p.lost)}
	for _, r := range rules.All() {
		var on, off []*use
		for _, u := range p.uses {
			switch u.rules[r] {
			case reported:
				on = append(on, u)
			case ignored:
				off = append(off, u)
			}
		}
		if r.Mandatory || len(on)+len(off) == 0 {
			continue
		}
		s := setting{rule: r}
		switch {
		case len(on) > 0:
			if !r.InPreset(p.preset) {
				s.severity, s.has = max(r.Severity, diag.Warning), true
			}
			s.options = options(r, on)
			s.from = origins(on)
		case r.InPreset(p.preset):
			s.severity, s.has = diag.Off, true
			s.from = origins(off)
		}
		if s.has || len(s.options) > 0 {
			o.settings = append(o.settings, s)
		}
		for _, u := range off {
			if len(on) > 0 {
				o.lost = append(o.lost, u.place()+"`"+r.ID+"` stays on: "+origins(on)[0]+" reports it")
			}
		}
	}
	p.resolveExclude(&o)
	return o
}

// resolveExclude leaves out what all uses leave out. What only some leave out is an override of the rules that no
// other use reports.
func (p *Plan) resolveExclude(o *outcome) {
	var patterns []string
	for _, u := range p.uses {
		for _, e := range u.exclude {
			if !slices.Contains(patterns, e) {
				patterns = append(patterns, e)
			}
		}
	}
	for _, e := range patterns {
		p.leaveOut(o, e, true, func(u *use) bool { return slices.Contains(u.exclude, e) })
	}
	if slices.ContainsFunc(p.uses, func(u *use) bool { return u.hidden }) {
		p.leaveOut(o, "**/.*", false, func(u *use) bool { return u.hidden })
	}
}

// leaveOut writes a pattern that some uses leave out; whole tells that it may be left out for all rules.
func (p *Plan) leaveOut(o *outcome, pattern string, whole bool, does func(u *use) bool) {
	var by []*use
	for _, u := range p.uses {
		if does(u) {
			by = append(by, u)
		}
	}
	if whole && len(by) == len(p.uses) {
		o.exclude = append(o.exclude, pattern)
		o.from[pattern] = origins(by)
		return
	}
	var spared []*rules.Rule
	for _, r := range rules.All() {
		one, all := false, true
		for _, u := range p.uses {
			if u.rules[r] == reported {
				one, all = true, all && does(u)
			}
		}
		if one && all && !r.Mandatory {
			spared = append(spared, r)
		}
	}
	if len(spared) == 0 {
		o.lost = append(o.lost, by[0].place()+"`"+pattern+"` is not left out: other uses report the same there")
		return
	}
	i := slices.IndexFunc(o.overrides, func(v override) bool { return slices.Equal(v.rules, spared) })
	if i < 0 {
		i = len(o.overrides)
		o.overrides = append(o.overrides, override{rules: spared})
	}
	v := &o.overrides[i]
	v.paths = append(v.paths, pattern)
	for _, f := range origins(by) {
		if !slices.Contains(v.from, f) {
			v.from = append(v.from, f)
		}
	}
}

// origins returns where uses come from, each once.
func origins(uses []*use) []string {
	var out []string
	for _, u := range uses {
		if f := u.from(); !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// Found reports whether the plan has anything to take over.
func (p *Plan) Found() bool { return len(p.uses) > 0 }
