package engine

import (
	"context"
	"maps"
	"path/filepath"
	"slices"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules"
)

// Fixed is the outcome of fixing. Nothing is written: Texts holds the new texts of the files that change.
type Fixed struct {
	Texts   map[string]string
	Before  map[string]string      // the texts that those replace
	Edits   map[string][]diag.Edit // what turns Before into Texts, sorted; they do not touch each other
	Counts  map[string]int         // the fixes applied, by the file of their finding
	Rules   map[string]int         // the same by their rule
	Tied    map[string][]string    // the files that some fix changes together with a file
	Then    map[string][]string    // what is to be done about a file once its fixes are applied, each once, sorted
	Applied int
	Refused []Refusal     // sorted by file and place
	Broken  []fix.Planned // those refused with the reason Breaks
	Result  *Result       // what is found after fixing
}

// Proposal is a fix to decide on.
type Proposal struct {
	fix.Planned
	At            source.Position   // of the finding
	Before, After map[string]string // the texts of the files that it changes
	Secrets       *secret.Values    // what nothing may show
}

// Refusal is a fix that was left out.
type Refusal struct {
	File   string
	Span   source.Span // of the finding in the text after fixing, or empty where all fixes of a file were left out
	Rule   string      // "" for all
	Title  string      // of the fix; "" for all of the rule in the file
	Reason Reason
	Other  *diag.Finding // with Creates: the finding, about the text that the fix would have led to
}

// Reason says why a fix was left out.
type Reason uint8

// The reasons: Nix would reject the result; the result has a finding that was not there before and that no fix as
// safe as this one mends; fixing would not come to an end; the file waits for a merge; the fix changes a file that
// the run is not about.
const (
	Breaks Reason = iota
	Creates
	Endless
	Conflict
	Outside
)

// Fix applies the fixes of findings, round by round, until none is left that applies. An overlapping fix waits for
// the next round.
//
// What is left when it ends has no finding that was not there before, places aside: a fix may lead to another
// finding only where a fix of that mends it in turn, a safe one if it was safe itself. Fixes that do not keep to
// this are left out, like those that break their file, and those of rules that would go on in a file for ever; the
// others are applied. After the first round only files that changed are checked; one more check of everything ends
// the rounds, since what a file says can bear on others.
func Fix(ctx context.Context, opts Options, level fix.Level) (*Fixed, error) {
	if opts.FS == nil {
		opts.FS = workspace.OS
	}
	x := &fixer{ctx: ctx, opts: opts, level: level, overlay: workspace.NewOverlay(workspace.Remember(opts.FS)), files: map[string]*fixFile{}}
	x.opts.FS, x.opts.keepTexts = x.overlay, true
	res, err := x.check(opts.Paths)
	if err != nil {
		return nil, err
	}
	x.reported = res.reported
	active := x.begin(res)
	for {
		for len(active) > 0 {
			turn, later := active, []string(nil)
			if opts.Approve != nil { // a file is gone through to its end before the next
				turn, later = active[:1], active[1:]
			}
			if turn, err = x.round(turn); err != nil {
				return nil, err
			}
			active = slices.Concat(turn, later)
		}
		if !x.moved() {
			x.last.accept(res, opts.Paths)
			return x.outcome(res), nil
		}
		if res, err = x.check(opts.Paths); err != nil {
			return nil, err
		}
		if active, err = x.settle(res); err != nil {
			return nil, err
		}
	}
}

// fixer fixes the files of one run.
type fixer struct {
	ctx      context.Context
	opts     Options
	level    fix.Level
	overlay  *workspace.Overlay
	last     *Checker        // of the last check
	dirty    map[string]bool // the files whose text changed since the last check
	reported map[string]bool
	files    map[string]*fixFile
	outside  []Refusal
	told     map[string]bool // fixes in outside
	doubts   []doubt         // of the round
	secrets  *secret.Values  // that were found so far
}

// check runs the rules on paths as the files are now. What the last check learned of files that did not change
// since then holds.
func (x *fixer) check(paths []string) (*Result, error) {
	c := x.last
	if c == nil {
		e, err := New(x.opts)
		if err != nil {
			return nil, err
		}
		c = e.Start()
	} else {
		c = c.Next(project.Change{FS: workspace.Remember(x.opts.FS), Files: slices.Collect(maps.Keys(x.dirty))})
	}
	x.last, x.dirty = c, map[string]bool{}
	res, err := c.Run(x.ctx, paths)
	if res != nil && res.Secrets != nil {
		res.Secrets = res.Secrets.With(x.secrets) // fixes may take away what marks one
		x.secrets = res.Secrets
	}
	return res, err
}

// set gives a file a text.
func (x *fixer) set(file, text string) {
	x.overlay.Set(file, []byte(text))
	x.dirty[file] = true
}

// moved reports whether a file has another text than in the last check of everything.
func (x *fixer) moved() bool {
	for _, f := range x.files {
		if f.text != f.settled {
			return true
		}
	}
	return false
}

// begin notes what the first check found, and returns the files to fix.
func (x *fixer) begin(res *Result) []string {
	var active []string
	for _, f := range res.Findings {
		if x.files[f.File] == nil {
			text, _ := res.Text(f.File)
			x.files[f.File] = newFixFile(f.File, text)
			active = append(active, f.File)
		}
		file := x.files[f.File]
		file.findings = append(file.findings, tracked{Finding: f})
	}
	for _, f := range x.files {
		f.first = f.findings
	}
	return active
}

// file returns the state of a file, which may have no findings.
func (x *fixer) file(path string) *fixFile {
	f := x.files[path]
	if f == nil {
		text := ""
		if b, err := x.overlay.ReadFile(path); err == nil {
			text = string(b)
		}
		f = newFixFile(path, text)
		x.files[path] = f
	}
	return f
}

// round applies the next fixes of some files and returns those that changed. Files whose result is refused are
// tried again without the fixes to blame until the rest holds.
func (x *fixer) round(active []string) (next []string, err error) {
	for len(active) > 0 {
		if err := x.ctx.Err(); err != nil {
			return nil, err
		}
		plan, err := x.plan(active)
		if err != nil {
			return nil, err
		}
		done := fix.Apply(plan, x.text, x.weigh)
		changed, broken := map[string]bool{}, map[string]bool{}
		for _, p := range done.Applied {
			for _, file := range p.Files() {
				changed[file] = true
			}
		}
		for _, p := range done.Broken {
			x.refuse(p, Breaks, nil)
			broken[p.Finding.File] = true
		}
		var again []string
		for _, file := range active {
			switch {
			case changed[file]:
			case broken[file]:
				again = append(again, file) // what the broken one overlapped has its turn
			case x.file(file).rest(x):
				next = append(next, file)
			}
		}
		active = again
		if len(changed) == 0 {
			continue
		}
		for file, text := range done.Texts {
			x.set(file, text)
		}
		res, err := x.check(x.around(changed))
		if err != nil {
			return nil, err
		}
		found := byFile(res.Findings)
		for _, group := range fix.Groups(done.Applied) {
			good, files := x.judge(group, done.Texts, found)
			if good {
				next = append(next, files...)
				continue
			}
			active = append(active, files...)
			for _, file := range files {
				x.set(file, x.file(file).text)
			}
		}
		if err := x.clear(); err != nil {
			return nil, err
		}
	}
	slices.Sort(next)
	return slices.Compact(next), nil
}

func byFile(findings []diag.Finding) map[string][]diag.Finding {
	out := map[string][]diag.Finding{}
	for _, f := range findings {
		out[f.File] = append(out[f.File], f)
	}
	return out
}

// around returns the files of a run among those that changed, each flake.nix and flake.lock with the other.
func (x *fixer) around(changed map[string]bool) []string {
	var out []string
	for file := range changed {
		out = append(out, file)
		if other := besides(file); other != "" && x.reported[other] {
			out = append(out, other)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// besides returns the file that the same flake rules speak about, or "".
func besides(file string) string {
	switch dir, name := filepath.Split(file); name {
	case "flake.nix":
		return dir + "flake.lock"
	case "flake.lock":
		return dir + "flake.nix"
	}
	return ""
}

// plan returns the fixes to apply next to some files.
func (x *fixer) plan(files []string) (out []fix.Planned, err error) {
	for _, path := range files {
		f := x.file(path)
		var list []fix.Planned
		for _, p := range fix.Plan(f.undecided(), x.level) {
			if x.wanted(f, p) {
				list = append(list, p)
			}
		}
		if f.broken(f.text) && slices.ContainsFunc(list, ofSyntax) {
			// What else is found in the file may change when it parses.
			list = slices.DeleteFunc(list, func(p fix.Planned) bool { return !ofSyntax(p) })
		}
		switch {
		case x.opts.Approve != nil:
			if list, err = x.approved(f, list); err != nil {
				return nil, err
			}
		case f.limit > 0 && len(list) > f.limit:
			list = list[:f.limit]
		}
		out = append(out, list...)
	}
	return out, nil
}

// approved returns the first of some fixes of a file that is approved, or one that cannot be applied and is left out for
// that without being asked about, or none.
func (x *fixer) approved(f *fixFile, list []fix.Planned) ([]fix.Planned, error) {
	for _, p := range list {
		t := f.tracked(p.Finding)
		done := fix.Apply([]fix.Planned{p}, x.text, x.weigh)
		if t.approved || len(done.Applied) == 0 {
			return []fix.Planned{p}, nil
		}
		if good, err := x.good(p, done.Texts); err != nil || !good {
			return []fix.Planned{p}, err
		}
		q := Proposal{Planned: p, At: source.NewLineIndex(f.text).Position(p.Finding.Span.Start), Before: map[string]string{}, After: done.Texts, Secrets: x.secrets}
		for _, file := range p.Files() {
			q.Before[file] = x.file(file).text
		}
		if err := x.ctx.Err(); err != nil {
			return nil, err
		}
		if t.approved = x.opts.Approve(q); t.approved {
			return []fix.Planned{p}, nil
		}
		t.declined, t.fresh = true, false // what led to it was approved, so it is taken
	}
	return nil, nil
}

// good reports whether the round would take a fix alone, which gives files these texts.
func (x *fixer) good(p fix.Planned, texts map[string]string) (bool, error) {
	for file, text := range texts {
		x.set(file, text)
	}
	around := x.around(setOf(p.Files()))
	res, err := x.check(around)
	for file := range texts {
		x.set(file, x.file(file).text)
	}
	if err != nil {
		return false, err
	}
	found := byFile(res.Findings)
	return !slices.ContainsFunc(around, func(file string) bool {
		return len(x.verdict(file, []fix.Planned{p}, texts[file], found[file]).bad) > 0
	}), nil
}

// ofSyntax reports whether a fix mends a syntax error.
func ofSyntax(p fix.Planned) bool {
	r := rules.Lookup(p.Rule)
	return r != nil && r.Syntax != ""
}

// wanted reports whether a fix of a finding in f may be applied.
func (x *fixer) wanted(f *fixFile, p fix.Planned) bool {
	if f.refuses(p) {
		return false
	}
	for _, file := range p.Files() {
		if !x.reported[file] {
			x.tell(Refusal{File: f.path, Span: p.Finding.Span, Rule: p.Rule, Title: p.Fix.Title, Reason: Outside})
			return false
		}
		if x.file(file).conflict {
			x.tell(Refusal{File: file, Reason: Conflict})
			return false
		}
		if x.file(file).off[allRules] {
			return false
		}
	}
	return true
}

// tell notes a refusal that does not depend on the round, once.
func (x *fixer) tell(r Refusal) {
	key := r.File + "\x00" + r.Rule + "\x00" + r.Title
	if x.told[key] {
		return
	}
	if x.told == nil {
		x.told = map[string]bool{}
	}
	x.told[key] = true
	x.outside = append(x.outside, r)
}

// text returns the text of a file to apply fixes to.
func (x *fixer) text(file string) (string, bool) { return x.file(file).text, true }

// weigh returns the weight of a text of a file. Each is computed once.
func (x *fixer) weigh(file, text string) int { return x.file(file).weigh(text) }

// refuse leaves a fix out for good.
func (x *fixer) refuse(p fix.Planned, why Reason, other *diag.Finding) *refusal {
	f := x.file(p.Finding.File)
	f.refused = append(f.refused, refuse(f.text, p, why, other))
	return &f.refused[len(f.refused)-1]
}

// outcome is what Fix returns once all files are at rest.
func (x *fixer) outcome(res *Result) *Fixed {
	out := &Fixed{
		Texts: map[string]string{}, Before: map[string]string{}, Edits: map[string][]diag.Edit{}, Counts: map[string]int{}, Rules: map[string]int{},
		Tied: map[string][]string{}, Then: map[string][]string{}, Result: res, Refused: x.outside,
	}
	for path, f := range x.files {
		refused, broken := f.refusals()
		out.Refused, out.Broken = append(out.Refused, refused...), append(out.Broken, broken...)
		out.Applied += len(f.applied)
		if len(f.applied) > 0 {
			out.Counts[path] = len(f.applied)
		}
		for _, a := range f.applied {
			out.Rules[a.rule]++
			if a.then != "" && !slices.Contains(out.Then[path], a.then) {
				out.Then[path] = append(out.Then[path], a.then)
			}
		}
		slices.Sort(out.Then[path])
		if f.text == f.before {
			continue
		}
		out.Texts[path], out.Before[path], out.Edits[path] = f.text, f.before, f.edits
		if len(f.tied) > 0 {
			out.Tied[path] = slices.Sorted(maps.Keys(f.tied))
		}
	}
	slices.SortFunc(out.Refused, compareRefusals)
	slices.SortFunc(out.Broken, func(a, b fix.Planned) int { return diag.Compare(a.Finding, b.Finding) })
	return out
}

// syntaxError is the weight of a syntax error.
const syntaxError = 1 << 32

// rejections weighs what Nix holds against a text when it parses: syntax errors or, where there is none, names that
// are unbound or defined twice. A syntax error outweighs all names, since mending it brings them to light. Files that
// are not Nix have none.
func rejections(file, text string) int {
	if filepath.Ext(file) != ".nix" {
		return 0
	}
	tree := parser.Parse(text)
	if n := len(tree.Errors()); n > 0 {
		return n * syntaxError
	}
	names := sema.Resolve(tree)
	n := 0
	for range names.Undefined() {
		n++
	}
	for c := range names.Conflicts() {
		if !c.OldOnly {
			n++
		}
	}
	return n
}
