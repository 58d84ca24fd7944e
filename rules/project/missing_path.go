package project

import (
	"cmp"
	"fmt"
	"iter"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "missing-path", Family: family, Since: "0.1.0",
	Summary: "A path names a file that does not exist",
	Doc: "Nix reads the file when the expression is used, and fails then: often only on one host, or in CI. The commonest causes\n" +
		"are a name that changed and a file that moved, so a near name in the same folder is proposed, or the one file of the\n" +
		"project whose path ends so. Each place that names the file is a finding, so that a comment there speaks of it alone.\n" +
		"\n" +
		"Of what puts text behind a path, or behind the flake itself, what is read where it stands is looked at: `import (./. +\n" +
		"\"/x.nix\")`, `readFile \"${self}/x\"`, and what is the value of an attribute that names a file, `sopsFile = \"${self}/x\"`. `./hosts/${name}` is looked at where evaluating the outputs of the\n" +
		"flake surely reads it, for each name that is known.\n" +
		"\n" +
		"Nothing is said about paths that the file checks with `pathExists`, that are only turned into text, compared or\n" +
		"completed by `+`, or that stand in an option's `example`; in templates, examples, test data and files that are only copied, which\n" +
		"others complete, only about names that look misspelt, unless a file elsewhere imports the example.\n" +
		"\n" +
		"A hint is all there is about what may well be right: a file that `.gitignore` names, that each machine writes for itself\n" +
		"(`hardware-configuration.nix`, `local.nix`) or that is made from a template beside it, and a path that is only a\n" +
		"default: under `mkDefault`, behind `or`, of an argument; so it is with a path that is given to a function which is an\n" +
		"argument itself, or in a `fileset` to another function than `toSource`: it may look for it in another tree.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Placed: true,
	On:     []ast.Kind{ast.Path, ast.Ident},
	File: func(pass *rules.Pass) {
		m := missing{paths: paths{Pass: pass}, absent: map[string]*absent{}}
		m.each(m.check)
		m.eachCompleted(m.checkCompleted)
		m.eachMade(m.checkMade)
		m.reportUnlessLeft()
	},
})

// missing is what one file names that is not there.
type missing struct {
	paths
	absent map[string]*absent // by target
	sought int                // the targets for which another name was looked for
	unless map[left][]diag.Finding
}

// absent is a target that is not there. What does not depend on the place that names it is found out once.
type absent struct {
	target    string
	folder    bool          // it is a folder, but without the default.nix that is meant
	why       *reason       // nil until it is asked for
	seek      bool          // another name is looked for
	near      [2]*string    // beside it: for code, for content
	elsewhere [2]*elsewhere // in the project: for what is content only, and else
}

func (m *missing) check(n ast.Node, target string) {
	a := m.absent[target]
	if a == nil {
		kind := m.Project.Kind(target)
		if kind != project.Nothing && (kind != project.Folder || m.Project.Kind(filepath.Join(target, "default.nix")) != project.Nothing) {
			return
		}
	}
	l, ok := m.read(n, target)
	if !ok || l.probe {
		return
	}
	if a != nil {
		l.there = a.folder
	} else {
		l.there = m.Project.Kind(target) != project.Nothing
	}
	if l.there && !l.folder && !isModule(n) || !l.there && m.guarded(l) {
		return
	}
	if a == nil {
		if !l.there && m.Runs("path-case-mismatch") && m.inCase(target) != "" {
			return
		}
		a = &absent{target: target, folder: l.there}
		m.absent[target] = a
	}
	m.report(a, l)
}

// checkCompleted reports what is put together, read where it stands, and not there.
func (m *missing) checkCompleted(l literal) {
	if l.probe || !l.folder && !l.named && !readsFile(l.node) || m.Project.Kind(l.target) != project.Nothing || m.guarded(l) {
		return
	}
	m.report(&absent{target: l.target, why: m.reason(l.target, m.Project.Rel(l.target))}, l)
}

// checkMade reports what is put together, surely read by an output of the flake, and not there.
func (m *missing) checkMade(l literal, sure bool) {
	kind := m.Project.Kind(l.target)
	l.there = kind == project.Folder && l.folder && m.Project.Kind(filepath.Join(l.target, "default.nix")) == project.Nothing
	if l.probe || !sure || kind != project.Nothing && !l.there || !l.there && m.guarded(l) {
		return
	}
	m.report(&absent{target: l.target, folder: l.there, why: m.reason(l.target, m.Project.Rel(l.target))}, l)
}

// systems are functions whose list of modules is one as imports is.
var systems = map[string]bool{
	"nixosSystem": true, "darwinSystem": true, "homeManagerConfiguration": true, "nixOnDroidConfiguration": true, "evalModules": true,
}

// isModule reports whether a path is surely that of a module, so that a folder stands for its default.nix: in the list that
// a system is made of, or as what a flake exports.
func isModule(n ast.Node) bool {
	if project.Exported(n) {
		return true
	}
	if listIn(n) == "" {
		return false
	}
	left := maxModuleList
	for up := n.Parent(); up.IsValid() && left > 0; up, left = up.Parent(), left-1 {
		if b, ok := ast.AsBinding(up); ok {
			set := b.Parent().OutsideParens()
			call, ok := ast.AsApply(set.Parent())
			return ok && call.Arg() == set && systems[ast.LastName(call.Func())]
		}
	}
	return false
}

// maxModuleList bounds how far above a path the attribute is that holds its list.
const maxModuleList = 16

// report speaks about one target at a place that names it.
func (m *missing) report(a *absent, l literal) {
	l.there = a.folder
	rel := m.Project.Rel(l.target)
	f := diag.Finding{Span: l.node.Span(), Message: diag.Code(rel) + " does not exist"}
	if l.there {
		f.Message = diag.Code(rel) + " is a folder without a `default.nix`"
		f.Help = "importing a folder, or taking it for a module, reads its `default.nix`"
		if l.output != "" {
			f.Help += "; " + diag.Code(l.output) + " does so"
		}
		m.reportUnless(inSample, f)
		return
	}
	if a.why == nil {
		a.why = m.reason(a.target, rel)
		if m.Project.Exists(a.target) {
			a.why.message = diag.Code(rel) + " is a link that leads nowhere"
		}
		if m.sought++; m.sought <= maxProposals {
			a.seek = true
		}
	}
	why := a.why
	if why.silent {
		return
	}
	f.Message = cmp.Or(why.message, f.Message)
	if why.known {
		f.Severity, f.Help = why.severity, why.help
		m.reportUnless(why.unless, f)
		return
	}
	if l.output != "" {
		f.Help = diag.Code(l.output) + " reads it"
	}
	near := ""
	if a.seek {
		near = m.nearOf(a, l)
	}
	when := never
	if near == "" {
		when = sampleOrCopied
	}
	if replaceable(l.node) || m.handedOn(l.node) {
		if f.Severity = diag.Hint; near != "" {
			f.Severity = diag.Info
		}
	}
	if a.seek {
		m.propose(&f, a, l, near)
	}
	m.reportUnless(when, f)
}

// left says for which files nothing is said of what is missing, since others complete them.
type left uint8

const (
	never          left = iota
	inSample            // templates, examples, test data
	sampleOrCopied      // files that are only copied, too
)

// reportUnless reports a finding at once, or where it depends on who else uses the file when that is known.
func (m *missing) reportUnless(when left, f diag.Finding) {
	if when == never {
		m.Report(f)
		return
	}
	if m.unless == nil {
		m.unless = map[left][]diag.Finding{}
	}
	m.unless[when] = append(m.unless[when], f)
}

// reportUnlessLeft reports what depends on who else uses the file.
func (m *missing) reportUnlessLeft() {
	if len(m.unless) == 0 {
		return
	}
	path, unless := m.Path, m.unless
	m.Ask(func(a *rules.Asked) {
		if a.Sample(path) {
			return
		}
		if len(unless[sampleOrCopied]) > 0 && a.Copied(path) {
			delete(unless, sampleOrCopied)
		}
		for _, list := range unless {
			for _, f := range list {
				a.Report(f)
			}
		}
	})
}

// maxProposals is the number of missing paths of a file for which another name is looked for.
const maxProposals = 200

// reason is why a file is missing, where something tells.
type reason struct {
	silent, known bool   // nothing is to be said of it, or what follows
	message       string // "" where it simply does not exist
	help          string
	severity      diag.Severity
	unless        left
}

// reason says why a file may be missing, whatever names it.
func (m *missing) reason(target, rel string) *reason {
	if repo := m.Project.Repo(); repo != nil && m.Project.RepoError() == nil {
		if _, lost := repo.Submodule(rel); lost {
			return &reason{silent: true} // a submodule that is not checked out
		}
		if e, tracked := repo.Tracked(rel); tracked {
			return &reason{silent: e.SkipWorktree, known: true, message: diag.Code(rel) + " is tracked by Git, but deleted from the working tree"}
		}
		if repo.HasBelow(rel) {
			return &reason{silent: true} // a folder of a sparse checkout
		}
		ignore, ignored := repo.Ignored(rel, false)
		if !ignored {
			ignore, ignored = repo.Ignored(rel, true)
		}
		if ignored {
			return &reason{known: true, severity: diag.Hint, unless: sampleOrCopied, help: fmt.Sprintf(
				"`%s` in %s:%d keeps it out of Git, so it may be there elsewhere; a flake does not see it even then", ignore.Pattern, m.Project.Rel(ignore.File), ignore.Line)}
		}
	}
	switch template := m.template(target); {
	case machineWritten[path.Base(rel)]:
		return &reason{known: true, severity: diag.Hint, unless: sampleOrCopied,
			help: "each machine has its own; copy it here, or ask with `builtins.pathExists` whether it is there"}
	case template != "":
		return &reason{known: true, severity: diag.Hint, unless: sampleOrCopied, help: fmt.Sprintf("it is made from `%s`, which lies beside it", template)}
	}
	return &reason{}
}

// machineWritten are files that each machine writes, or that hold what nobody publishes.
var machineWritten = map[string]bool{
	"hardware-configuration.nix": true, "local.nix": true, "local-configuration.nix": true, "cachix.nix": true,
	"private.nix": true, "secret.nix": true, "secrets.nix": true,
}

// templateEnds are what people add to the name of a file that others copy and complete.
var templateEnds = []string{"example", "sample", "template", "tmpl", "tpl", "dist", "in", "default"}

// template returns the name of the file beside a missing one that it is made from, or "": x.nix.example, x.example.nix,
// x-example.nix, example.x.nix and their like.
func (m *missing) template(target string) string {
	dir, base := filepath.Split(target)
	names := m.Project.Entries(filepath.Clean(dir))
	ext := path.Ext(base)
	stem := base[:len(base)-len(ext)]
	for name, rest := range withPrefix(names, stem) {
		if end, ok := strings.CutPrefix(rest, ext+"."); ok && isTemplateEnd(end) {
			return name
		}
		if end, ok := strings.CutSuffix(rest, ext); ok && ext != "" && end != "" && strings.IndexByte(".-_", end[0]) >= 0 && isTemplateEnd(end[1:]) {
			return name
		}
	}
	if ext == "" {
		return ""
	}
	for _, end := range templateEnds {
		for name, rest := range withPrefix(names, end) {
			if rest != "" && (rest[0] == '.' || rest[0] == '-') && rest[1:] == base {
				return name
			}
		}
	}
	return ""
}

func isTemplateEnd(text string) bool { return slices.Contains(templateEnds, text) }

// withPrefix yields the names, which are sorted, that start with a prefix, and what follows that.
func withPrefix(names []string, prefix string) iter.Seq2[string, string] {
	return func(yield func(name, rest string) bool) {
		i, _ := slices.BinarySearch(names, prefix)
		for ; i < len(names) && strings.HasPrefix(names[i], prefix); i++ {
			if !yield(names[i], names[i][len(prefix):]) {
				return
			}
		}
	}
}

// handedOn reports whether a path is given to a function that somebody else passes: it may look for the file in another
// tree. Functions that import what they get have names that say so.
func (m *missing) handedOn(n ast.Node) bool {
	at := n.OutsideParens()
	call, ok := ast.AsApply(at.Parent())
	if head, _ := ast.Call(call.Node); !ok || call.Arg() != at || filesetFuncs[ast.LastName(head)] {
		return inFileset(at)
	}
	fn := call.Func().Unparen()
	b := m.Names().Resolve(fn)
	if b == nil || b.Kind != sema.FormalBinding && b.Kind != sema.ParamBinding {
		return false
	}
	name := strings.ToLower(fn.Text())
	return !slices.ContainsFunc([]string{"call", "import", "load", "mk", "make", "build", "system", "host"}, func(word string) bool {
		return strings.Contains(name, word)
	})
}

// filesetFuncs make sets of files of sets of files.
var filesetFuncs = map[string]bool{
	"union": true, "unions": true, "intersection": true, "difference": true, "fileFilter": true, "gitTracked": true, "traceVal": true,
}

// maxFileset bounds how deep in a set of files a path is looked at.
const maxFileset = 32

// inFileset reports whether a path is part of the fileset that a function makes a source of which is not that of
// nixpkgs: others let files be missing, or take them from another tree.
func inFileset(at ast.Node) bool {
	for range maxFileset {
		up := at.Parent()
		switch up.Form() {
		case ast.List, ast.Binary, ast.With:
			at = up.OutsideParens()
		case ast.Apply:
			if fn, _ := ast.Call(up); !filesetFuncs[ast.LastName(fn)] {
				return false
			}
			at = up.OutsideParens()
		case ast.Binding:
			set := up.Parent().OutsideParens()
			call, ok := ast.AsApply(set.Parent())
			return (ast.BindingNode{Node: up}).Attrpath().IsSingle("fileset") && ok && call.Arg() == set && ast.LastName(call.Func()) != "toSource"
		default:
			return false
		}
	}
	return false
}

// replaceable reports whether a path is only a default that others replace: mkDefault ./x, a.src or ./x, { src ? ./x }:.
func replaceable(n ast.Node) bool {
	at := n.OutsideParens()
	switch up := at.Parent(); up.Form() {
	case ast.Formal:
		return true
	case ast.Select:
		return (ast.SelectExpr{Node: up}).Default() == at
	case ast.Apply:
		fn, args := ast.Call(up)
		switch ast.LastName(fn) {
		case "mkDefault", "mkOptionDefault":
			return len(args) == 1
		case "mkOverride":
			return len(args) == 2
		}
	}
	return false
}
