package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules"
)

// largeText is the size, in bytes, of a text from which on the workers of a run check one after the other; bigFile that
// of one after which memory is not kept.
const (
	largeText = 1 << 19
	bigFile   = 8 << 20
)

// worker checks one unit after the other with the same memory.
type worker struct {
	engine       *Checker
	parser       *parser.Parser
	resolver     *sema.Resolver
	memory       *rules.Memory
	findings     found
	suppressions map[string]*suppress.Table
	errors       []FileError
	texts        map[string]string
	sums         map[string]uint64 // of texts that are not kept
	kept         int               // bytes of those that are
	prints       map[string]prints // by file

	// keeps makes the worker record what the findings of each unit depend on, in deps.
	keeps bool
	deps  *Deps

	// later is what waits until all files of the project are known; note has them know what a buffer says.
	later []later
	note  func()

	folder string // of the file at hand, with what holds for its files
	config *config.Config
	view   *project.View
	plan   *plan
	// alone and more are those of Buffer and Checked.
	alone, more bool
	// ctx ends the check of a buffer early; nil in a run, which ends between files.
	ctx context.Context
	// path is that of the file at hand, with its tree, or its text where it is not Nix. generated tells whether the file is
	// the output of a tool, once it is asked.
	path             string
	tree             *ast.Tree
	text             string
	generated, asked bool
	again            generated // how to find out, of a file that is no longer at hand
	golden           golden
	// left counts the findings left out for that, checked the files read.
	left    map[finder]int
	checked int
	// partial are files that do not, or not wholly, parse, and empty ones; nil for none.
	partial map[string]bool
	// exhausted are files of which not all could be evaluated for want of fuel; nil for none.
	exhausted map[string]bool
	// named are the files that settings of rules name, as they were looked for; nil for none.
	named map[namedFile]bool
	bound bound
	// secrets is what names in the buffer at hand say of it; nil where nobody asked.
	secrets *secret.Values
	early   *Early // that of Buffer
}

// later is the rest of a rule that asks what other files say, with what held when it asked.
type later struct {
	rule      *rules.Rule
	then      func(rules.Host)
	path      string
	config    *config.Config
	plan      *plan
	generated generated
	golden    golden
}

// finder is a rule that finds something in a file.
type finder struct {
	file, rule string
}

func newWorker(e *Checker) *worker {
	return &worker{
		engine: e, parser: new(parser.Parser), resolver: new(sema.Resolver), memory: new(rules.Memory),
		suppressions: map[string]*suppress.Table{}, texts: map[string]string{}, sums: map[string]uint64{},
		left: map[finder]int{}, prints: map[string]prints{},
	}
}

// Report takes a finding of a rule.
func (w *worker) Report(r *rules.Rule, f diag.Finding) {
	l := w.plan.severity[r]
	if !r.Blocks() && w.isGolden(f.File) {
		f.Severity, f.Fixes = diag.Hint, nil
	}
	f.Judged = judged(r, f.Severity)
	f.Severity = effective(r, f.Severity, l.severity, l.configured)
	if f.Severity < diag.Error && !r.Generated && w.isGenerated(f.File) {
		w.left[finder{f.File, f.Rule}]++
		return
	}
	if w.engine.only != nil && !w.engine.only[f.Rule] {
		f.Fixes = nil // it is told in spite of Options.Only, not mended
	}
	w.bound.count(r)
	w.findings.add(f)
}

// Later takes the rest of the rule that runs.
func (w *worker) Later(r *rules.Rule, then func(rules.Host)) {
	of := handWritten
	switch once := w.ctx == nil && !w.keeps; {
	case r.Generated:
	case once && !w.asked && w.tree != nil:
		of = unknownNix
	case once && !w.asked:
		of = unknownText
	case w.isGenerated(w.path):
		of = byTool
	}
	if w.ctx != nil || w.keeps {
		w.isGolden(w.path)
	}
	w.later = append(w.later, later{r, then, w.path, w.config, w.plan, of, w.golden})
}

// finish lets a rule end that had to wait.
func (w *worker) finish(l later) {
	w.path, w.config, w.plan = l.path, l.config, l.plan
	w.generated, w.asked, w.again = l.generated == byTool, l.generated < unknownNix, l.generated
	w.golden = l.golden
	w.guard(func() *rules.Rule { return l.rule }, func() { l.then(w) })
}

// finishAll lets all rules end that had to wait for this worker's file only.
func (w *worker) finishAll() {
	for i := 0; i < len(w.later) && !w.cancelled(); i++ {
		w.finish(w.later[i])
	}
	w.later = nil
}

// tellOthers lets those who wait know what the buffer at hand says, while its tree is there.
func (w *worker) tellOthers() {
	if w.note != nil {
		w.note()
		w.note = nil
	}
}

// unsure notes that what is not found in a file may be there all the same.
func (w *worker) unsure(file string) {
	if w.partial == nil {
		w.partial = map[string]bool{}
	}
	w.partial[file] = true
}

// begin says which file is at hand: its tree where it is Nix, else its text. No path says that none is.
func (w *worker) begin(path string, tree *ast.Tree, text string) {
	w.path, w.tree, w.text, w.asked, w.again = path, tree, text, false, handWritten
	w.golden = unasked
}

// open looks up what holds for a file. Files of one folder mostly come one after the other.
func (w *worker) open(path string) {
	dir := path[:strings.LastIndexByte(path, filepath.Separator)+1]
	if dir != w.folder {
		w.folder, w.config, w.view = dir, w.engine.config(path), w.engine.snapshot.View(path)
		w.view = w.view.With(w.engine.sources(w.config))
	}
	w.plan = w.engine.plan(w.config, path)
}

// enter is open for a unit of a run.
func (w *worker) enter(path string) {
	w.open(path)
	if w.keeps {
		w.deps = w.record(path)
	}
}

// Option returns a rule's configured setting.
func (w *worker) Option(r *rules.Rule, name string) any { return w.plan.resolved.Options(r.ID)[name] }

// Runs reports whether a rule is on for the file at hand.
func (w *worker) Runs(r *rules.Rule) bool { return w.plan.severity[r].severity != diag.Off }

// namedFile is a file that a setting of a rule names: whether it is there for a file that was checked.
type namedFile struct {
	by    FileError // what there is to say where it is there for none
	found bool
}

// Named notes what came of a file that a setting of a rule names.
func (w *worker) Named(r *rules.Rule, setting, name string, found bool, problem string) {
	from, _ := w.plan.resolved.OptionOrigin(r.ID, setting)
	e := FileError{File: cmp.Or(from.File, w.engine.opts.Dir), Kind: BadConfig, Line: from.Line, Column: min(from.Line, 1)}
	what := fmt.Sprintf("`%s` that `%s` of %s names ", name, setting, r.ID)
	if problem != "" {
		e.Message = what + problem
		w.errors = append(w.errors, e)
	}
	e.Message = what + "is not there"
	w.named = moved(w.named, &map[namedFile]bool{{e, found}: true})
}

// do checks a unit with the rules of its plan. What fails outside of a rule costs this unit only.
func (w *worker) do(u unit) {
	start, waiting := w.findings.len(), len(w.later)
	defer func() {
		if v := recover(); v != nil {
			path := cmp.Or(u.file.Path, u.flake)
			w.errors = append(w.errors, FileError{File: path, Message: fmt.Sprintf("checking failed: %s\n%s", w.failure(v), trace()), Kind: Internal})
			w.parser, w.resolver, w.memory = new(parser.Parser), new(sema.Resolver), new(rules.Memory)
			w.begin("", nil, "")
		}
	}()
	if u.flake != "" {
		w.enter(filepath.Join(u.flake, "flake.nix"))
		w.flake(u.flake)
		return
	}
	path := u.file.Path
	switch u.file.Kind {
	case workspace.Nix, workspace.CI, workspace.Shell:
	default: // a lock file, which is read with its flake
		w.checked++
		return
	}
	text, ok := w.read(path)
	if !ok {
		return
	}
	w.checked++
	w.enter(path)
	if u.file.Kind == workspace.Nix {
		w.withRoom(text, func() { w.nix(path, text) })
	} else {
		w.script(path, text, u.file.Kind)
	}
	switch {
	case w.findings.len() > start || w.suppressions[path] != nil:
		w.keep(path, text)
	case len(w.later) > waiting: // of most, nothing comes
		w.keepSum(path, text)
	}
	w.takePrints(path, text, start)
}

// letGo drops the memory that checking a text of an editor took, if that was much: what follows would have to find room
// beside it.
func (w *worker) letGo(size int) {
	if size > bigFile {
		w.parser, w.resolver, w.memory = new(parser.Parser), new(sema.Resolver), new(rules.Memory)
		runtime.GC()
	}
}

// spacious is memory for large texts, which the workers of a run share: what is made of a text is forty times as large.
type spacious struct {
	mu       sync.Mutex
	parser   *parser.Parser
	resolver *sema.Resolver
}

// drop lets go of the memory once all files are walked: what is found may be many times as large as they.
func (s *spacious) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parser, s.resolver = nil, nil
}

// withRoom lets the worker check a text in shared memory, if it is larger than what a worker should keep memory for.
func (w *worker) withRoom(text string, check func()) {
	if len(text) <= largeText {
		check()
		return
	}
	room := &w.engine.room
	room.mu.Lock()
	defer room.mu.Unlock()
	if room.parser == nil {
		room.parser, room.resolver = new(parser.Parser), new(sema.Resolver)
	}
	ownParser, ownResolver, sound := w.parser, w.resolver, false
	defer func() {
		w.parser, w.resolver = ownParser, ownResolver
		if !sound || len(text) > bigFile {
			room.parser, room.resolver = nil, nil
		}
		if len(text) > bigFile {
			runtime.GC()
		}
	}()
	w.parser, w.resolver = room.parser, room.resolver
	check()
	sound = true
}

// read returns the text of a file. The bytes are never written to, so the string may share them.
func (w *worker) read(path string) (string, bool) {
	b, err := w.engine.fs.ReadFile(path)
	if err != nil {
		w.failed(path, err)
		return "", false
	}
	return unsafe.String(unsafe.SliceData(b), len(b)), true
}

// failed notes why a file could not be read.
func (w *worker) failed(path string, err error) {
	var large *workspace.TooLargeError
	if errors.As(err, &large) {
		w.errors = append(w.errors, FileError{File: path, Message: large.Error() + ": exclude it in nixsift.toml", Kind: TooLarge})
		return
	}
	w.errors = append(w.errors, FileError{File: path, Message: unreadable(err), Kind: Unreadable})
}

// unreadable says that a file cannot be read, without its path.
func unreadable(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return "cannot be read: " + err.Error()
}

// pass makes the pass for a file that is open.
func (w *worker) pass(path string, tree *ast.Tree, v *project.View, resolver *sema.Resolver) *rules.Pass {
	p := rules.NewPass(w, path, tree, v, w.plan.minNix, resolver)
	p.Now = w.engine.opts.Now
	return p
}

// nix checks one Nix file.
func (w *worker) nix(path, text string) {
	parse := w.parser.Parse
	if w.ctx != nil {
		parse = w.parser.Reparse
	}
	tree := parse(text)
	var stop func() bool
	if w.ctx != nil {
		stop = w.cancelled
	}
	pass := w.pass(path, tree, w.view, w.resolver)
	pass.In(w.memory, stop)
	if w.ctx == nil {
		w.engine.snapshot.Note(path, tree, pass.Modules)
	}
	if w.alone {
		pass.Alone()
	}
	w.begin(path, tree, "")
	w.syntax(pass, tree)
	if w.early != nil && !w.cancelled() {
		w.showEarly(pass, tree)
	}
	w.apply(pass, tree)
	if w.ctx != nil && len(w.later) > 0 && !w.cancelled() { // they will ask
		w.note = func() { w.engine.snapshot.NoteText(path, tree, pass.Modules) }
	}
	if pass.Exhausted() {
		w.exhausted = moved(w.exhausted, &map[string]bool{path: true})
	}
	w.more = pass.More()
	w.begin("", nil, "")
	if suppress.Mentioned(text) {
		if t := suppress.Parse(tree, w.config.Catalogue()); t != nil {
			w.suppressions[path] = t
		}
	}
	if w.ctx == nil {
		tree.End()
	}
}

// files calls the file rules.
func (w *worker) files(pass *rules.Pass) {
	for _, r := range w.plan.files {
		if w.cancelled() {
			return
		}
		if !r.MayFind(pass.Tree) {
			continue
		}
		pass.SetRule(r)
		w.guard(pass.Rule, func() { r.File(pass) })
	}
}

// walk calls the node rules for the nodes from at up to, not including, end, each for the kinds and names it asks for, in
// source order. A rule that panics is left out for the rest of them, and so is one that failed before; failed may be nil.
func (w *worker) walk(pass *rules.Pass, tree *ast.Tree, at, end int, failed map[*rules.Rule]bool) {
	records := tree.Records()[:end]
	for at < len(records) {
		w.guard(pass.Rule, func() {
			byKind := &w.plan.byKind
			var calls calls
			for i := at; i < len(records); i++ {
				if i%1024 == 0 && w.cancelled() {
					break
				}
				record := &records[i]
				d := &byKind[record.Kind]
				pipe := record.Op == ast.OpPipeInto || record.Op == ast.OpPipeFrom
				named := !d.byName.Empty()
				if len(d.all) == 0 && !named && !pipe {
					continue
				}
				at = i
				n := tree.Node(ast.NodeID(i))
				call := func(list []*rules.Rule) {
					for _, r := range list {
						if record.Flags&ast.HasError != 0 && !r.Broken || failed != nil && failed[r] {
							continue
						}
						pass.SetRule(r)
						r.Node(pass, n)
					}
				}
				call(d.all)
				if named {
					call(d.byName.Of(calls.headName(n)))
				}
				if pipe {
					call(w.plan.pipes.all)
					call(w.plan.pipes.byName.Of(rules.HeadName(n)))
				}
			}
			at = len(records)
		})
		if at < len(records) {
			if failed == nil {
				failed = map[*rules.Rule]bool{}
			}
			failed[pass.Rule()] = true
		}
	}
}

// calls remembers what the call at hand calls: the calls of it with fewer arguments come next, and call the same.
type calls struct {
	callee ast.NodeID
	name   string
}

// headName returns the name by which rules know a node.
func (c *calls) headName(n ast.Node) string {
	if !n.Is(ast.Apply) {
		return rules.HeadName(n)
	}
	if n.ID() >= c.callee { // each node up to there is the first part of the one before
		fn := n
		for fn.Is(ast.Apply) {
			fn = fn.FirstChild().Unparen()
		}
		c.callee, c.name = fn.ID(), ast.LastName(rules.Callee(fn)) // a pipe may stand there
	}
	return c.name
}

// cancelled reports whether nobody waits for the result any more.
func (w *worker) cancelled() bool { return w.ctx != nil && w.ctx.Err() != nil }
