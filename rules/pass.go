package rules

import (
	"cmp"
	"time"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/internal/sema"
)

// Pass is what a rule sees of one file: the tree, facts that are computed once and shared by all rules,
// and the project around the file. It is valid during the call only.
type Pass struct {
	// Path is the absolute path of the file.
	Path string
	// Tree is the syntax tree; nil for files that are not Nix.
	Tree *ast.Tree
	// Project is what is around the file; never nil. What the other files of the project say is asked for by Ask.
	Project *project.View
	// MinNix is the oldest Nix that has to work with the file.
	MinNix config.Version
	// Now returns the moment that ages count from, as whoever runs the rules has it; the zero time where no age is to be told.
	Now func() time.Time

	host     Host
	rule     *Rule
	resolver *sema.Resolver
	names    *sema.Info
	live     *sema.Live
	modules  *module.File
	reading  *module.Memory // nil: it is made where it is needed
	shape    role.Shape
	examined *examined
	asking   map[*Rule]*asking
	doubt    *doubt
	common   map[any]any // see Common
	shaped   bool
	near     bool // see Near
}

// Host is what runs rules: it takes their findings and knows their settings.
type Host interface {
	// Report takes one finding of a rule; File and Rule are set.
	Report(rule *Rule, f diag.Finding)
	// Option returns a rule's setting for the file, or nil where none is configured.
	Option(rule *Rule, name string) any
	// Runs reports whether a rule is on for the file.
	Runs(rule *Rule) bool
	// Named takes what came of a file that a setting of a rule names: found is not set where it is not there for the file at hand, and
	// problem says what is wrong with one that is, or is "".
	Named(rule *Rule, setting, name string, found bool, problem string)
	// Later takes the rest of a rule, to be called once all files of the project are known.
	Later(rule *Rule, then func(host Host))
}

// NewPass makes the pass for one file. The resolver may be shared by the passes of one goroutine; a pass
// dies with the next one.
func NewPass(host Host, path string, tree *ast.Tree, v *project.View, minNix config.Version, resolver *sema.Resolver) *Pass {
	never := func() time.Time { return time.Time{} }
	return &Pass{Path: path, Tree: tree, Project: v, MinNix: minNix, Now: never, host: host, resolver: resolver, examined: &examined{}}
}

// Memory is what passes evaluate files and read modules in. The zero Memory is ready for use.
type Memory struct {
	eval    eval.Memory
	modules module.Memory
}

// In gives the pass memory, which the passes of one goroutine may share as they do the resolver. stop tells that nobody waits for the
// result any more, and may be nil.
func (p *Pass) In(m *Memory, stop func() bool) {
	p.examined.memory, p.examined.stop, p.reading = &m.eval, stop, &m.modules
}

// Share returns a pass over the same file for another goroutine and its host. The two have the names of the file
// in common.
func (p *Pass) Share(host Host) *Pass {
	p.Live()
	q := *p
	q.host, q.modules, q.asking, q.common, q.reading = host, nil, nil, nil, nil
	return &q
}

// Runs reports whether the rule of an id is on for the file: for a rule that leaves to another what that tells better.
func (p *Pass) Runs(id string) bool {
	r := byID[id]
	return r != nil && p.host.Runs(r)
}

// SetRule says which rule runs next.
func (p *Pass) SetRule(r *Rule) { p.rule = r }

// Rule returns the rule that runs.
func (p *Pass) Rule() *Rule { return p.rule }

// Names returns the names of the file, resolved.
func (p *Pass) Names() *sema.Info {
	if p.names == nil {
		p.names = p.resolver.Resolve(p.Tree)
	}
	return p.names
}

// Modules returns the modules of the file: the file itself where it is one, and those written inside it.
func (p *Pass) Modules() *module.File {
	p.whole()
	if p.modules == nil {
		p.modules = module.AnalyzeFileIn(cmp.Or(p.reading, new(module.Memory)), p.Tree, p.Names())
		p.modules.Code, p.modules.Import = p.lowered, p.imports()
	}
	return p.modules
}

// Module returns the file as a module, or nil where it is none.
func (p *Pass) Module() *module.Module { return p.Modules().Module }

// Shape returns what the file says of its role: flake, module, package, overlay or plain. The role itself may depend on
// who refers to the file: WithRole.
func (p *Pass) Shape() role.Shape {
	if !p.shaped {
		p.shape, p.shaped = role.Classify(p.Path, p.Tree, p.Modules()), true
	}
	return p.shape
}

// Report reports a finding. An empty File means the file of the pass; a Severity of Off means the rule's
// own, any other bounds it: the lower of it and the configured one counts where configuration says so. What
// lies, or points, where a syntax error makes the tree doubtful is dropped.
func (p *Pass) Report(f diag.Finding) {
	if p.doubts() && p.doubtful(&f) {
		return
	}
	report(p.host, p.rule, p.Path, f)
}

func report(host Host, rule *Rule, path string, f diag.Finding) {
	f.Rule = rule.ID
	if f.File == "" {
		f.File = path
	}
	f.Tags |= rule.Tags
	host.Report(rule, f)
}

// doubts reports whether what the rule finds may be about what could not be read for certain.
func (p *Pass) doubts() bool {
	return p.Tree != nil && p.rule.doubted(p.Tree)
}

// doubted reports whether what a rule finds in a tree may be about what could not be read for certain.
func (r *Rule) doubted(t *ast.Tree) bool {
	return t.Root().HasError() && r.Syntax == "" && !r.Broken
}

// doubtful reports whether a finding in a file with syntax errors is about what could not be read for certain.
func (p *Pass) doubtful(f *diag.Finding) bool {
	if p.doubt == nil {
		p.doubt = doubtOf(p.Tree)
	}
	return p.doubt.about(p.Path, f)
}

// Replace is a fix that replaces a span by text.
func Replace(title string, safety diag.Safety, span source.Span, text string) diag.Fix {
	return diag.Fix{Title: title, Safety: safety, Edits: []diag.Edit{{Span: span, Text: text}}}
}

// Insert is a fix that inserts text at an offset.
func Insert(title string, safety diag.Safety, at uint32, text string) diag.Fix {
	return Replace(title, safety, source.Span{Start: at, End: at}, text)
}

// Delete is a fix that removes a span.
func Delete(title string, safety diag.Safety, span source.Span) diag.Fix {
	return Replace(title, safety, span, "")
}
