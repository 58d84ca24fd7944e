// Package rules is the contract between a rule and what runs it. A rule is one Rule literal, registered at
// package initialisation: its metadata, its documentation and its check. Rules are pure: no I/O, no clock,
// no state between files; all they may know comes through the Pass.
package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/shell"
)

// Preset is a set of the named rule selections.
type Preset uint8

// The presets that name rules. All and none need no mark. A rule of Recommended is in Strict too.
const (
	Recommended Preset = 1 << iota
	Strict
	Nixpkgs
)

// FixAvailability says whether findings of a rule come with fixes.
type FixAvailability uint8

// The availabilities.
const (
	FixNever FixAvailability = iota
	FixSometimes
	FixAlways
)

var fixNames = [...]string{"never", "sometimes", "always"}

// String returns the availability as the rule list spells it.
func (f FixAvailability) String() string { return fixNames[f] }

// Stage says how far a rule has come.
type Stage uint8

// The stages. A rule in preview may still change what it finds, and its id; presets and patterns do not turn it on unless the
// user asks for rules in preview.
const (
	Stable Stage = iota
	Preview
)

// String returns the stage as the rule list spells it.
func (s Stage) String() string { return [...]string{"stable", "preview"}[s] }

// Effect says what the safe fixes of a rule do to a file that Nix accepts, seen as Nix parses it. The tests in corpus
// hold every safe fix to it.
type Effect uint8

const (
	// NoSafeFix is the effect of a rule that has none there: the mended file means something else, or Nix checks less.
	NoSafeFix Effect = iota + 1
	// SameParse is another spelling, of which Nix makes the same expression.
	SameParse
	// SameTokens takes parentheses away, and nothing else. (a.b).c and a.b.c have the same value, and parse differently.
	SameTokens
	// FewerTokens leaves tokens out, and changes nothing else.
	FewerTokens
	// SameAttrs is SameParse once each inherited name is written as an attribute of its own.
	SameAttrs
	// Underscored puts underscores in front of names, and changes nothing else.
	Underscored
	// SameValue is another expression of the same value; evaluation proves it, in the section kept of the rule's fixture or
	// in a test of the family.
	SameValue
)

var effects = [...]string{
	NoSafeFix:   "No fix is safe in a file that Nix accepts: `--fix` leaves it alone, `--unsafe-fixes` does not.",
	SameParse:   "Safe fixes change the spelling only: Nix makes the same expression of the file.",
	SameTokens:  "Safe fixes take parentheses away, and nothing else.",
	FewerTokens: "Safe fixes leave code out, and change nothing else.",
	SameAttrs:   "Safe fixes change how attributes are written, not which there are.",
	Underscored: "Safe fixes put an underscore in front of names, and change nothing else.",
	SameValue:   "Safe fixes write another expression of the same value.",
}

// String returns the effect as the documentation tells it: one sentence.
func (e Effect) String() string { return effects[e] }

// Rule is one check with all that is known about it. Exactly one of the check functions is set, or
// Syntax for a rule that presents errors of the parser; Script and Syntax may stand beside Node.
type Rule struct {
	// ID is kebab-case and names the bad pattern, so that it reads well behind "allow".
	ID      string
	Family  string // the package it stands in
	Summary string // one sentence: what is found
	// Doc is the documentation in Markdown: why it is bad and what to do. The examples come from the
	// rule's fixture.
	Doc   string
	Since string // the version that brought it
	Stage Stage
	// Edition is that of the presets with which the rule comes into them: a year, and "" for the first one. A rule that
	// presets get after their edition was released has a later one, since a newer program must not find more by itself.
	Edition string

	// Severity is that of a finding that does not say otherwise.
	Severity diag.Severity
	Presets  Preset
	Fix      FixAvailability
	// SafeFix is what safe fixes do; it is set unless Fix is FixNever.
	SafeFix Effect
	Tags    diag.Tag
	// Mandatory marks a rule whose severity configuration cannot change and comments cannot silence: Nix
	// itself refuses the file.
	Mandatory bool
	// Aliases are the names of the same rule in other tools, as "tool:name", and other ids of its own.
	Aliases []string
	// Formerly are earlier ids of the rule, which go on to work.
	Formerly []string
	Options  []*Option
	// ByTokens marks a rule that compares code with other code, or with that of another language, by its tokens, so that
	// parentheses hide what it would find.
	ByTokens bool
	// Broken lets the rule see nodes that contain syntax errors; others are spared them.
	Broken bool
	// Generated lets the rule speak about generated files although it is no error.
	Generated bool
	// Placed says that what the rule finds holds for a file in its place: of a text that lies nowhere, as in a new buffer of
	// an editor, nothing is said.
	Placed bool

	// On and Node: Node is called for each node of these kinds, in source order, and where Apply is one of them and Binary none for calls
	// by pipe operators, too, which ast.ApplyExpr views. Beside File, On says without which nodes a file has nothing to find.
	On   []ast.Kind
	Node func(p *Pass, n ast.Node)
	// Names, where they are set, are the names of which a call, a Binding, a Select or an Ident has one, as HeadName tells it, wherever
	// Node has something to find; it is called for no others.
	Names []string
	// File is called once for each Nix file; where On is set, for those that have a node of one of these kinds.
	File func(p *Pass)
	// Flake is called once for each flake; the pass is that of flake.nix. Findings may name the lock file.
	Flake func(p *Pass, f *flake.Flake)
	// LockAlone lets Flake be called for a flake.lock without flake.nix, too: the flake's Nix is nil then, and the pass is
	// that of the lock file, without a tree.
	LockAlone bool
	// Lock is called once for each flake.lock, whether or not a flake.nix lies beside it; the pass has no tree.
	Lock func(p *Pass, l *flake.LockFile)
	// Script is called once for each CI file and each shell script. It may stand beside Node.
	Script func(p *Pass, d *shell.Doc)
	// Mentions are texts of which a script has one wherever Script may find something: a script that cannot be
	// read is an error where it has one of them in the part that was not read, and of no interest elsewhere. None are for a rule
	// that looks at the text alone, which is there in any case.
	Mentions []string
	// Prose tells that Script also reads the commands that documentation shows, of which it reports no more than info.
	Prose bool
	// Programs reports whether Script looks at the arguments of a program; nil stands for every program.
	Programs func(name string) bool
	// Syntax is the kind of parser error that the rule presents. It may stand beside Node, for what Nix accepts of the
	// same mistake.
	Syntax ast.ErrorKind
	// Asks are the facts of other files that the rule asks for behind Pass.Ask, beside who refers to a file: a run collects
	// no others, and a rule that asks for more panics.
	Asks project.Facts
	// Own marks a rule that a configuration file defines: it is registered nowhere, has no check here, and is on in every preset. Its Page
	// is the address of what more is said of it, or "", and Defined the place where it stands, as file:line.
	Own           bool
	Page, Defined string
	// Engine marks rules whose findings the engine makes itself, such as unused suppressions.
	Engine bool

	on ast.Kinds // those of On
}

var (
	registered []*Rule
	byID       = map[string]*Rule{}
)

// Register adds a rule at package initialisation and returns it. A rule that breaks the contract panics:
// it is a mistake in the program.
func Register(r *Rule) *Rule {
	if err := r.validate(); err != nil {
		panic(fmt.Sprintf("rule %q: %v", r.ID, err))
	}
	if byID[r.ID] != nil {
		panic(fmt.Sprintf("rule %q is registered twice", r.ID))
	}
	byID[r.ID] = r
	r.on = ast.KindsOf(r.On...)
	for _, o := range r.Options {
		o.rule = r
	}
	registered = append(registered, r)
	return r
}

func (r *Rule) validate() error {
	for part := range strings.SplitSeq(r.ID, "-") {
		if part == "" || strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return fmt.Errorf("the id is not kebab-case")
		}
	}
	checks := 0
	for _, set := range []bool{
		r.Node != nil, r.File != nil, r.Flake != nil, r.Lock != nil, r.Script != nil && r.Node == nil, r.Syntax != "" && r.Node == nil, r.Engine,
	} {
		if set {
			checks++
		}
	}
	switch {
	case r.Family == "" || r.Summary == "" || r.Doc == "" || r.Since == "":
		return fmt.Errorf("family, summary, doc and since must be set")
	case strings.HasSuffix(r.Summary, "."):
		return fmt.Errorf("the summary ends with a period")
	case r.Severity == diag.Off:
		return fmt.Errorf("the severity must be set; leave Presets empty for a rule that is off by default")
	case (r.Fix == FixNever) != (r.SafeFix == 0):
		return fmt.Errorf("the fields Fix and SafeFix go together: SafeFix says what safe fixes do, NoSafeFix where none is safe")
	case checks != 1:
		return fmt.Errorf("one check must be set (Node, File, Flake, Lock, Script, Syntax or Engine), found %d", checks)
	case r.Node != nil && len(r.On) == 0, r.Node == nil && r.File == nil && len(r.On) > 0:
		return fmt.Errorf("node and On go together; a file rule may have On")
	case r.Node == nil && len(r.Names) > 0:
		return fmt.Errorf("names go with Node")
	case r.Script == nil && len(r.Mentions) > 0:
		return fmt.Errorf("mentions go with Script")
	}
	if _, err := strconv.ParseUint(r.Edition, 10, 16); r.Edition != "" && (err != nil || len(r.Edition) != 4) {
		return fmt.Errorf("the edition %q is no year", r.Edition)
	}
	return validateOptions(r.Options)
}

// MayFind reports whether a file rule has something to look for in a tree.
func (r *Rule) MayFind(t *ast.Tree) bool { return len(r.On) == 0 || t.Kinds().HaveAny(r.on) }

// Blocks reports whether the rule tells what keeps a file from being analysed: syntax errors, and what makes Nix refuse
// a flake. A run of other rules alone is none the less told.
func (r *Rule) Blocks() bool {
	return r.Syntax != "" || r.Mandatory && (r.Flake != nil || r.Lock != nil)
}

// All returns the registered rules, sorted by id. An option that none of them lists panics: it is a mistake in the
// program.
func All() []*Rule {
	if o := unlisted(); o != nil {
		panic(fmt.Sprintf("no rule lists the option %q", o.Name))
	}
	all := slices.Clone(registered)
	slices.SortFunc(all, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// Lookup returns the rule that has or had the id, or one that has it as an alias: another id, "statix:W08", or just "W08"
// and "bool_comparison" where only one rule has it.
func Lookup(name string) *Rule {
	if r := byID[name]; r != nil {
		return r
	}
	known := others.Load()
	if known == nil || known.of != len(registered) {
		known = newOtherNames()
		others.Store(known)
	}
	if r := known.formerly[name]; r != nil {
		return r
	}
	return known.aliases[strings.ToLower(name)]
}

// otherNames are those of the rules beside their ids.
type otherNames struct {
	of       int // so many rules
	formerly map[string]*Rule
	aliases  map[string]*Rule // in lower case; nil for one that several rules have
}

var others atomic.Pointer[otherNames]

func newOtherNames() *otherNames {
	x := &otherNames{len(registered), map[string]*Rule{}, map[string]*Rule{}}
	for _, r := range registered {
		for _, id := range r.Formerly {
			x.formerly[id] = r
		}
		for _, alias := range r.Aliases {
			names := []string{alias}
			if _, bare, tool := strings.Cut(alias, ":"); tool {
				names = append(names, bare)
			}
			for _, name := range names {
				name = strings.ToLower(name)
				if old, has := x.aliases[name]; has && old != r {
					x.aliases[name] = nil
				} else {
					x.aliases[name] = r
				}
			}
		}
	}
	return x
}

// InPreset reports whether a rule is on in a preset of the given name: recommended, strict, nixpkgs, all
// or none.
func (r *Rule) InPreset(name string) bool {
	if r.Mandatory || r.Own {
		return true
	}
	switch name {
	case "recommended":
		return r.Presets&Recommended != 0
	case "strict":
		return r.Presets&(Recommended|Strict) != 0
	case "nixpkgs":
		return r.Presets&(Recommended|Nixpkgs) != 0
	case "all":
		return true
	}
	return false
}

// PresetNames returns the names of all presets, as configuration spells them.
func PresetNames() []string { return []string{"recommended", "strict", "nixpkgs", "all", "none"} }

// URL returns the address of the rule's documentation page; "" where one that a configuration file defines has none.
func (r *Rule) URL() string {
	if r.Own {
		return r.Page
	}
	return "https://github.com/nixsift/nixsift/blob/main/docs/rules/" + r.ID + ".md"
}
