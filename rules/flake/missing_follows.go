package flake

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var followsAllow = rules.NewSetting("allow",
	"Inputs that may have or be a copy, by name (`nixpkgs-stable`) or by path (`hyprland/nixpkgs`).", []string{})

var _ = rules.Register(&rules.Rule{
	ID: "missing-follows", Family: family, Since: "0.1.0",
	Summary: "An input brings its own copy of an input that the flake has too",
	Doc: "An input of an input is locked for itself unless it follows. A second nixpkgs is downloaded and evaluated beside\n" +
		"the flake's own, its packages are built or fetched again, and it is updated only when the input is. To use one copy:\n" +
		"\n" +
		"```nix\n" +
		"inputs.home-manager.inputs.nixpkgs.follows = \"nixpkgs\";\n" +
		"```\n" +
		"\n" +
		"What is a copy is read from `flake.lock`. Whole package sets and module frameworks of the same release are\n" +
		"warnings; other inputs are info, and small libraries and plain source trees (`flake = false`) hints. A copy of one\n" +
		"fixed revision is info at most, one of another release a hint, since following would change what the input means.\n" +
		"Nothing is told to follow one fixed revision, or an input with a package set of its own that the copy lacks.\n" +
		"\n" +
		"A copy may be meant: a comment at the input that speaks against following or overriding, of a cache or of a\n" +
		"purpose, and a commented-out follows end the matter. Where a binary cache of the input's owner is named, or other\n" +
		"inputs follow into the input, it is info. In examples, templates and development flakes all are info; a flake for\n" +
		"tests, or one that only fetches inputs, gets one hint.\n" +
		"\n" +
		"A follows changes what is built, so the fix is unsafe. There is none where the flake has several inputs to choose\n" +
		"from. An override with `follows = \"\"` or a `url` counts as a decision; the first is the answer for what serves only\n" +
		"the input's own development, as flake-compat does.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Aliases: []string{"flint:duplicate-inputs"},
	Options: []*rules.Option{followsAllow.Option},
	Asks:    project.ForSubstituters,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !f.Nix.InputsLiteral {
			return
		}
		c := &followsCheck{p: p, f: f, signs: readSigns(p, f), aside: p.Project.InAside(f.Dir), allow: followsAllow.In(p)}
		c.fixture = isFixture(p, f, c.aside)
		if found := c.inputs(); !c.signs.undecided {
			for _, f := range found {
				p.Report(f)
			}
			return
		}
		p.Ask(func(a *rules.Asked) {
			c.signs.ask(a)
			for _, f := range c.inputs() {
				a.Report(f)
			}
		})
	},
})

// inputs returns what is to be said of all inputs.
func (c *followsCheck) inputs() []diag.Finding {
	c.found, c.copies = nil, nil
	roots := newRoots(c.f)
	for _, in := range c.f.Nix.AllInputs() {
		if in.Flake && in.Literal && in.Follows == nil {
			c.input(in, roots)
		}
	}
	c.reportFixture()
	return c.found
}

// followsCheck checks one flake.
type followsCheck struct {
	p     *rules.Pass
	f     *flake.Flake
	signs *signs
	aside bool // a test, an example, a template, a development flake
	allow []string

	fixture bool // a flake that serves tests or fetches inputs only: its copies are one hint
	copies  []rating
	at      *flake.Input // where the first of copies comes from
	found   []diag.Finding
}

func (c *followsCheck) input(in *flake.Input, roots *roots) {
	if f := c.f; f.Lock == nil && f.LockError == nil || f.Missing(in) {
		c.unlocked(in)
		return
	}
	all := slices.DeleteFunc(roots.duplicates(in), func(d duplicate) bool { return c.allowed(d.path) })
	rated := make([]rating, 0, len(all))
	for i := range all {
		if r := c.rate(in, &all[i]); r.severity != diag.Off {
			rated = append(rated, r)
		}
	}
	if c.fixture {
		if len(c.copies) == 0 {
			c.at = in
		}
		c.copies = append(c.copies, rated...)
		return
	}
	for _, group := range grouped(rated) {
		c.report(in, group)
	}
}

// grouped puts copies of one input together that belong in one finding: the small ones all together; with a heavy one those that lie
// deeper and should follow the same.
func grouped(rated []rating) (groups [][]rating) {
	type kind struct {
		severity diag.Severity
		lead     string
		heavy    bool
		follow   *flake.Input
	}
	first := map[kind]int{}
	for _, r := range rated {
		k := kind{severity: r.severity, lead: r.lead, heavy: r.d.weight >= framework}
		apart := k.heavy && r.severity > diag.Hint
		if apart {
			k.follow = r.d.choices[0].in
		}
		i, known := first[k]
		if known && !(apart && r.d.direct()) {
			groups[i] = append(groups[i], r)
			continue
		}
		if !known {
			first[k] = len(groups)
		}
		groups = append(groups, []rating{r})
	}
	return groups
}

// allowed reports whether the option allow names the copy or what it lies in.
func (c *followsCheck) allowed(path []string) bool { return allowsPath(c.allow, path) }

// allowsPath reports whether a list of names and paths has an input or what it lies in.
func allowsPath(allow, path []string) bool {
	joined := strings.Join(path, "/")
	for _, a := range allow {
		if slices.Contains(path, a) || joined == a || strings.HasPrefix(joined, a+"/") {
			return true
		}
	}
	return false
}

// rating is what one copy is worth saying.
type rating struct {
	d        *duplicate
	severity diag.Severity
	lead     string // what speaks against following, for the help text
	unneeded bool   // nothing that the flake uses needs it: `follows = ""` does
	fixable  bool
}

// target is what the copy should follow.
func (r *rating) target() string {
	if r.unneeded {
		return ""
	}
	return r.d.choices[0].in.Name
}

func (c *followsCheck) rate(in *flake.Input, d *duplicate) rating {
	r := rating{d: d, severity: diag.Info, fixable: d.direct() && len(d.choices) == 1}
	best := d.choices[0]
	owner := "`" + strings.Join(d.path[:len(d.path)-1], "/") + "`"
	differs := d.pinned || best.fit >= otherChannel
	switch {
	case outsideFlakes[repositoryOf(d.node)]:
		r.severity, r.unneeded = diag.Hint, true
		r.lead = "used by " + owner + " outside of flakes only"
		if !d.direct() {
			r.severity = diag.Off // not worth an override that long
		}
	case slices.Contains(ownDevelopment[d.owner.Repository()], d.name()):
		r.severity, r.unneeded, r.fixable = diag.Hint, true, d.direct()
		r.lead = "used by " + owner + " for its own development only"
	case d.source && differs:
		r.severity, r.fixable = diag.Hint, false
		r.lead = "following would change its version"
	case d.source:
		// A flake in its place has attributes beside its path.
		r.fixable = r.fixable && !best.in.Flake
		if d.weight < packageSet {
			r.severity = diag.Hint
		}
	case d.weight == utility:
		r.severity = diag.Hint
	case d.weight == packageSet && differs && d.name() != "nixpkgs" && d.name() != best.in.Name:
		// nixpkgs-23-11, nixpkgs-stable
		r.severity, r.fixable = diag.Hint, false
		r.lead = "its name says that another channel is meant"
	case d.pinned:
		r.fixable = false
		r.lead = owner + " pins it to one revision"
	case best.fit == fork && best.across:
		r.severity, r.fixable = diag.Hint, false
		r.lead = "one of the two is a fork, of another release"
	case best.fit == fork:
		r.fixable = false
		r.lead = "one of the two is a fork"
	case best.fit == otherChannel && d.weight == ordinary:
		r.severity, r.fixable = diag.Hint, false
		r.lead = "following would change its version"
	case best.fit == otherChannel:
		r.severity, r.fixable = diag.Hint, false
		r.lead = "following would change its release"
	case checksOnly[repositoryOf(d.node)] && !d.parts && d.direct():
		r.severity = diag.Hint
		r.lead = owner + " uses it for its own checks, and without them `follows = \"\"` does too"
	case isTestOnly(d.owner.Repository(), d.name()):
		r.lead = owner + " uses it for its own tests only, where `follows = \"\"` does too"
	case !d.direct() && developerTools[d.owner.Repository()]:
		r.lead = owner + " hardly uses it here"
	case d.weight >= framework:
		r.severity = diag.Warning
	}
	c.deliberate(in, &r)
	if c.aside || in.Ref.IsRelative() && project.AsidePath(in.Ref.Path) {
		r.severity = min(r.severity, diag.Info)
	}
	return r
}

// deliberate lowers a rating where something tells that the copy is meant. What has decided is not told at all.
func (c *followsCheck) deliberate(in *flake.Input, r *rating) {
	lead := ""
	switch {
	case c.signs.commented(in, r.d):
		r.severity = diag.Off
		return
	case r.d.weight < packageSet || r.unneeded:
		return // what a cache has depends on the package set
	case c.signs.followedInto(r.d):
		lead = "other inputs follow it"
	case c.signs.cached(in, r.severity > diag.Info):
		lead = "its binary cache has builds against its own copy"
	default:
		return
	}
	r.fixable = false
	if r.severity > diag.Hint {
		r.severity, r.lead = min(r.severity, diag.Info), lead
	}
}

// report reports the copies of one group as one finding.
func (c *followsCheck) report(in *flake.Input, group []rating) {
	first := group[0].d
	finding := diag.Finding{Span: place(in), Severity: group[0].severity, Help: c.help(group), Anywhere: true}
	told := map[diag.Related]bool{}
	relate := func(rel diag.Related) {
		if !told[rel] {
			told[rel] = true
			finding.Related = append(finding.Related, rel)
		}
	}
	for _, r := range group {
		relate(c.ownNode(r.d))
		finding.Subjects = append(finding.Subjects, r.d.joined())
	}
	for _, r := range group {
		for _, ch := range r.d.choices {
			if r.unneeded {
				break
			}
			text := fmt.Sprintf("the flake's `%s`", ch.in.Name)
			if ch.node == nil {
				relate(diag.Related{Span: place(ch.in), Message: text})
			} else {
				relate(diag.Related{File: c.lockFile(), Span: ch.node.Key, Message: text + ": " + describe(ch.node)})
			}
		}
	}
	if first.weight >= framework || first.weight == ordinary && len(group) == 1 {
		finding.Message = messageOfHeavy(in, group)
	} else {
		finding.Message = messageOfSmall(in, group)
	}
	if fix, ok := fixOf(in, group); ok {
		finding.Fixes = []diag.Fix{fix}
		outdates(c.f, &finding)
	}
	c.found = append(c.found, finding)
}

// ownNode points at a copy in the lock file.
func (c *followsCheck) ownNode(d *duplicate) diag.Related {
	return diag.Related{File: c.lockFile(), Span: d.key.Key, Message: fmt.Sprintf("`%s` has its own node: %s", d.joined(), describe(d.node))}
}

// messageOfHeavy speaks of one copy, and others that go with it.
func messageOfHeavy(in *flake.Input, group []rating) string {
	first := group[0].d
	var beside []string
	for i, ch := range first.choices {
		item := "`" + ch.in.Name + "`"
		switch {
		case i > 0:
		case first.sameContent():
			item += " (today the same revision)"
		case ch.node != nil:
			item += " (" + describe(ch.node) + ")"
		}
		beside = append(beside, item)
	}
	text := fmt.Sprintf("`%s` brings its own `%s` (%s) beside the flake's %s", in.Name, strings.Join(first.path[1:], "/"), describe(first.node), diag.Join(beside, 4))
	if len(group) > 1 {
		var paths []string
		for _, r := range group[1:] {
			paths = append(paths, strings.Join(r.d.path[1:], "/"))
		}
		text += "; so it does with " + diag.List(paths, 4)
	}
	return text
}

// messageOfSmall speaks of all small copies of an input.
func messageOfSmall(in *flake.Input, group []rating) string {
	var what []string
	same := true
	for _, r := range group {
		item := "`" + strings.Join(r.d.path[1:], "/") + "`"
		if target := r.d.choices[0].in.Name; target != r.d.name() {
			item += " (`" + target + "`)"
			same = same && len(group) > 1
		}
		what = append(what, item)
	}
	if !same {
		d := group[0].d
		return fmt.Sprintf("`%s` brings its own `%s` beside the flake's `%s`", in.Name, strings.Join(d.path[1:], "/"), d.choices[0].in.Name)
	}
	return fmt.Sprintf("`%s` brings its own %s, which the flake has too", in.Name, diag.Join(what, 6))
}

// fix lets the direct inputs of a group follow.
func fixOf(in *flake.Input, group []rating) (diag.Fix, bool) {
	var edits []diag.Edit
	var subs []string
	for _, r := range group {
		if !r.fixable {
			continue
		}
		more, ok := flake.InsertFollows(in, r.d.name(), r.target())
		switch {
		case !ok:
			continue
		case len(edits) == 0:
			edits = more
		case len(edits) == 1 && len(more) == 1 && edits[0].Span == more[0].Span && edits[0].Span.Len() == 0:
			edits[0].Text += more[0].Text
		default:
			continue // in the next round
		}
		subs = append(subs, r.d.name())
	}
	if len(edits) == 0 {
		return diag.Fix{}, false
	}
	if group[0].unneeded {
		return diag.Fix{Title: fmt.Sprintf("leave %s of `%s` out", diag.List(subs, 4), in.Name), Safety: diag.Unsafe, Edits: edits}, true
	}
	target := "the flake's"
	if len(subs) == 1 {
		target = "`" + group[0].d.choices[0].in.Name + "`"
		for _, r := range group {
			if r.fixable && r.d.name() == subs[0] {
				target = "`" + r.d.choices[0].in.Name + "`"
			}
		}
	}
	return diag.Fix{Title: fmt.Sprintf("let %s of `%s` follow %s", diag.List(subs, 4), in.Name, target), Safety: diag.Unsafe, Edits: edits}, true
}

// unlocked speaks of inputs that the lock file does not know, where each version of them has a nixpkgs.
func (c *followsCheck) unlocked(in *flake.Input) {
	if in.RefErr != nil || !hasNixpkgs[in.Ref.Repository()] || in.Ref.Dir != "" || in.Override("nixpkgs") != nil || c.allowed([]string{in.Name, "nixpkgs"}) {
		return
	}
	var choices []*flake.Input
	for _, r := range c.f.Nix.AllInputs() {
		if r != in && r.Flake && !fixed(r.Ref) && (r.Ref.IsNixpkgs() || r.Name == "nixpkgs" && r.Follows != nil) {
			choices = append(choices, r)
		}
	}
	if len(choices) == 0 {
		return
	}
	if i := slices.IndexFunc(choices, func(r *flake.Input) bool { return r.Name == "nixpkgs" }); i > 0 {
		choices[0], choices[i] = choices[i], choices[0]
	}
	d := &duplicate{path: []string{in.Name, "nixpkgs"}, weight: packageSet}
	if c.fixture || c.signs.commented(in, d) || c.signs.cached(in, false) || c.signs.followedInto(d) {
		return
	}
	target := choices[0].Name
	finding := diag.Finding{
		Severity: diag.Info, Span: place(in),
		Message:  fmt.Sprintf("`%s` has an input `nixpkgs`, which will be locked beside the flake's `%s`", in.Name, target),
		Subjects: []string{d.joined()}, Anywhere: true,
		Help:    fmt.Sprintf("write `%s.follows = %s;`", flake.AttrPath(d.path), ast.QuoteString(target)),
		Related: []diag.Related{{Span: place(choices[0]), Message: fmt.Sprintf("the flake's `%s`", target)}},
	}
	if isTestOnly(in.Ref.Repository(), "nixpkgs") {
		return
	}
	if edits, ok := flake.InsertFollows(in, "nixpkgs", target); ok && len(choices) == 1 {
		finding.Fixes = []diag.Fix{{Title: fmt.Sprintf("let `nixpkgs` of `%s` follow `%s`", in.Name, target), Edits: edits}}
		outdates(c.f, &finding)
	}
	c.found = append(c.found, finding)
}

func (c *followsCheck) lockFile() string { return filepath.Join(c.f.Dir, "flake.lock") }

// place is where an input is declared: its URL, else its name.
func place(in *flake.Input) source.Span {
	if in.URLNode.IsValid() {
		return in.URLNode.Span()
	}
	return in.NameNode.Span()
}

// describe tells which content a node is locked to.
func describe(n *flake.LockNode) string {
	var parts []string
	if channel := n.Channel(); channel != "" {
		parts = append(parts, channel)
	}
	rev := n.Rev()
	if rev == "" {
		rev = strings.TrimPrefix(n.NarHash(), "sha256-")
	}
	what := rev[:min(7, len(rev))]
	if t := n.LastModified(); t > 0 {
		what = strings.TrimSpace(what + " of " + time.Unix(t, 0).UTC().Format(time.DateOnly))
	}
	if what != "" {
		parts = append(parts, what)
	}
	if len(parts) == 0 {
		return "no revision"
	}
	return strings.Join(parts, ", ")
}
