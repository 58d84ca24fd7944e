package engine

import (
	"cmp"
	"context"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

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

// Buffer is one text to check, as an editor holds it. The file of that path need not exist.
type Buffer struct {
	Path string // absolute
	Kind workspace.Kind
	Text string
	// Most is the number of findings after which a rule is stopped; 0 lets all rules end.
	Most int
	// Record fills Checked.Deps.
	Record bool
	// Alone leaves out what evaluating other files, or evaluating at length, tells: Checked.More says whether that may be
	// anything.
	Alone bool
	// First leaves what other files of the project decide to Checked.Rest.
	First bool
	// Early, where it is set, shows something of a Nix file before that.
	Early *Early
}

// Checked is what was found in a buffer.
type Checked struct {
	Findings []diag.Finding // in the order of diag.Compare
	Errors   []FileError
	// Cut reports that a rule was stopped, so that there may be more findings.
	Cut bool
	// More reports that something may have been left out for Buffer.Alone.
	More bool
	// Deps is what the findings depend on beside the text.
	Deps *Deps
	// Notices are earlier ids of rules in the comments of a buffer.
	Notices []config.Notice
	// Rest finds the rest where Buffer.First left some; nil where this is all.
	Rest *Rest
}

// Rest is a check in which rules wait for what other files say.
type Rest struct {
	worker *worker
	buffer Buffer
	deps   *Deps
	core   *worker // with the memory of the check, until Read
}

// Read lets other files know what the buffer says, and gives the memory of the check to the next one. It is called once, before
// Answer, also where that is not wanted any more.
func (r *Rest) Read() {
	w := r.worker
	w.tellOthers()
	w.letGo(len(r.buffer.Text))
	r.core.parser, r.core.resolver, r.core.memory = w.parser, w.resolver, w.memory
	w.parser, w.resolver, w.memory = nil, nil, nil
	path, text := r.buffer.Path, r.buffer.Text
	release(r.core, path, len(text))
	if b, err := w.engine.fs.ReadFile(path); err == nil && string(b) == text { // and not another one that is tried
		w.engine.snapshot.Parsed(path, text, func() (*ast.Tree, *sema.Info) { return Parsed(path, text) })
	}
}

// Answer lets the rules that wait end, and returns all that is found in the buffer. It is called once. The error is that of the context.
func (r *Rest) Answer(ctx context.Context) (Checked, error) {
	w := r.worker
	w.ctx = ctx
	w.finishAll()
	return w.inBuffer(r.buffer, r.deps), ctx.Err()
}

// Deps is what findings about a file depend on beside its text.
type Deps struct {
	path     string
	config   *config.Config
	baseline *baselineFile
	project  *project.Deps
}

// Hold reports whether the findings are the same in a checker after changes of other files.
func (d *Deps) Hold(c *Checker) bool {
	return d == nil || c.config(d.path) == d.config && c.baseline(d.path) == d.baseline && d.project.Hold(c.snapshot)
}

// record has all that the worker asks about the file at hand kept.
func (w *worker) record(path string) *Deps {
	d := &Deps{path, w.config, w.engine.baseline(path), project.NewDeps()}
	w.view = w.view.Recording(d.project)
	w.folder = "" // the view is that of this check only
	return d
}

// idle keeps the memory of workers for the next buffer: an editor asks for the same one again and again. A
// sync.Pool would not do: what one processor put into it another may not find.
var idle idleWorkers

// maxIdle bounds the workers that idle keeps; together their texts stay within bigFile.
const maxIdle = 4

type idleWorkers struct {
	mu   sync.Mutex
	list []idleWorker // the one that was used last at the end
	size int          // of all texts
}

// idleWorker is a worker without findings, and the text it saw last.
type idleWorker struct {
	worker *worker
	path   string
	size   int
}

// take returns the worker that saw the buffer of a path last, or else the one that waits longest.
func (l *idleWorkers) take(path string) *worker {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) == 0 {
		return newWorker(nil)
	}
	return l.remove(max(0, slices.IndexFunc(l.list, func(w idleWorker) bool { return w.path == path })))
}

func (l *idleWorkers) remove(i int) *worker {
	w := l.list[i]
	l.list = slices.Delete(l.list, i, i+1)
	l.size -= w.size
	return w.worker
}

// put gives a worker back.
func (l *idleWorkers) put(w idleWorker) {
	if w.size > bigFile {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.list) > 0 && (len(l.list) == maxIdle || l.size+w.size > bigFile) {
		l.remove(0)
	}
	l.list = append(l.list, w)
	l.size += w.size
}

// CheckBuffer runs the rules that look at one file. ofFlake are findings of flake rules in that file, which
// CheckFlake made; they count for the suppressions of the buffer like the others. What the surroundings of
// the file say is read once in the life of the engine. The error is that of the context.
func (e *Checker) CheckBuffer(ctx context.Context, b Buffer, ofFlake []diag.Finding) (Checked, error) {
	if err := ctx.Err(); err != nil {
		return Checked{}, err
	}
	if len(b.Text) > workspace.MaxFile {
		large := &workspace.TooLargeError{Size: int64(len(b.Text)), Max: workspace.MaxFile}
		return Checked{Errors: []FileError{{File: b.Path, Message: large.Error(), Kind: TooLarge}}}, nil
	}
	if !e.opts.NoExclude && e.excluded(b.Path) {
		return Checked{Deps: &Deps{b.Path, e.config(b.Path), e.baseline(b.Path), project.NewDeps()}}, nil
	}
	w := e.worker(b.Path)
	w.ctx, w.alone, w.early = ctx, b.Alone, b.Early
	w.bound.most = b.Most
	w.findings.last = slices.Clone(ofFlake)
	w.open(b.Path)
	var deps *Deps
	if b.Record {
		deps = w.record(b.Path)
	}
	switch b.Kind {
	case workspace.Nix:
		w.nix(b.Path, b.Text)
	case workspace.CI, workspace.Shell:
		w.script(b.Path, b.Text, b.Kind)
	}
	if b.First && len(w.later) > 0 && !w.cancelled() {
		rest := &Rest{worker: new(worker), buffer: b, deps: deps, core: w}
		*rest.worker = *w
		rest.worker.secrets = nil // which look at the tree of the worker that is free again soon
		out := rest.worker.inBuffer(b, deps)
		out.Rest = rest
		return out, nil
	}
	w.tellOthers()
	w.letGo(len(b.Text))
	w.finishAll()
	out := w.inBuffer(b, deps)
	release(w, b.Path, len(b.Text))
	return out, ctx.Err()
}

// inBuffer returns what is found in a buffer so far.
func (w *worker) inBuffer(b Buffer, deps *Deps) Checked {
	e, waiting := w.engine, len(w.later) > 0
	here := func(f *diag.Finding) bool { return f.File == b.Path }
	var findings []diag.Finding
	if waiting { // what is found is needed again
		for f := range w.findings.each {
			if here(f) {
				findings = append(findings, *f)
			}
		}
	} else {
		findings = w.findings.take(nil, here)
	}
	cut := w.bound.cut
	var notices []config.Notice
	if t := w.suppressions[b.Path]; t != nil {
		notices = e.renamed(b.Path, t)
		findings = e.suppress(&Result{}, b.Path, t, findings)
		if cut || w.more || waiting { // what a comment silences may be among what was not looked for
			findings = slices.DeleteFunc(findings, func(f diag.Finding) bool { return f.Rule == suppress.Unused })
		}
	}
	errs := slices.Clone(w.errors)
	if err := w.view.RepoError(); err != nil {
		errs = append(errs, FileError{File: w.view.Root(), Message: err.Error(), Kind: Unreadable})
	}
	findings = w.hideSecrets(findings, b.Path, b.Text)
	return Checked{Findings: diag.Sort(findings), Errors: errs, Cut: cut, More: w.more, Deps: deps, Notices: notices}
}

// hideSecrets takes the secrets in a document out of what findings about it say.
func (w *worker) hideSecrets(findings []diag.Finding, path, text string) []diag.Finding {
	if w.secrets == nil {
		w.secrets = &secret.Values{
			Read: func(file string) (string, bool) { return text, file == path },
			Tree: func(string) *ast.Tree {
				if w.parser == nil { // it is another check's
					return nil
				}
				return w.parser.Last()
			},
		}
	}
	known := w.secrets.Anew()
	for _, f := range findings {
		if f.Secret && int(f.Span.End) <= len(text) {
			known.Note(f.File, f.Span, f.Span.Of(text))
		}
	}
	for i := range findings {
		findings[i], _ = known.HideIn(&findings[i])
	}
	w.secrets = known.Anew()
	return findings
}

// CheckFlake runs the flake rules on the flake in a folder. The findings lie in flake.nix and flake.lock;
// suppressions are not applied. most is that of Buffer.
func (e *Checker) CheckFlake(ctx context.Context, dir string, most int) (Checked, error) {
	if err := ctx.Err(); err != nil {
		return Checked{}, err
	}
	if !e.opts.NoExclude && e.excluded(filepath.Join(dir, "flake.nix")) {
		path := filepath.Join(dir, "flake.nix")
		return Checked{Deps: &Deps{path, e.config(path), e.baseline(path), project.NewDeps()}}, nil
	}
	w := newWorker(e)
	w.bound.most, w.ctx = most, ctx
	path := filepath.Join(dir, "flake.nix")
	w.open(path)
	deps := w.record(path)
	w.flake(dir)
	w.finishAll()
	return Checked{Findings: diag.Sort(w.findings.take(nil, all)), Errors: w.errors, Cut: w.bound.cut, Deps: deps}, ctx.Err()
}

// Unsilenced returns the findings in a Nix file that the comments in its tree do not silence, and those about the
// comments.
func (e *Checker) Unsilenced(path string, tree *ast.Tree, findings []diag.Finding) []diag.Finding {
	return e.suppress(&Result{}, path, suppress.Parse(tree, e.config(path).Catalogue()), slices.Clone(findings))
}

// The rules of a buffer with at least wide nodes share the processors, up to maxShares of them; they take chunk
// nodes at a time.
const (
	wide      = 1 << 13
	chunk     = 1 << 12
	maxShares = 4
)

// apply calls the rules for a Nix file.
func (w *worker) apply(pass *rules.Pass, tree *ast.Tree) {
	w.own(pass)
	n := len(tree.Records())
	if w.ctx == nil || n < wide {
		w.files(pass)
		w.walk(pass, tree, 0, n, nil)
		return
	}
	var next atomic.Int64
	take := func(w *worker, pass *rules.Pass) {
		for at := int(next.Add(chunk)) - chunk; at < n; at = int(next.Add(chunk)) - chunk {
			w.walk(pass, tree, at, min(at+chunk, n), nil)
		}
	}
	var wg sync.WaitGroup
	others := make([]*worker, min(runtime.GOMAXPROCS(0), maxShares)-1)
	for i := range others {
		o := &worker{
			engine: w.engine, config: w.config, view: w.view, plan: w.plan, ctx: w.ctx, left: map[finder]int{}, bound: bound{most: w.bound.most},
		}
		others[i] = o
		o.begin(w.path, w.tree, w.text)
		shared := pass.Share(o)
		wg.Go(func() { take(o, shared) })
	}
	w.files(pass)
	take(w, pass)
	wg.Wait()
	for _, o := range others {
		for _, f := range o.findings.take(nil, all) {
			w.findings.add(f)
		}
		w.errors = append(w.errors, o.errors...)
		w.later = append(w.later, o.later...)
		w.bound.cut = w.bound.cut || o.bound.cut
	}
}

// worker returns a worker without findings for the buffer of a path.
func (e *Checker) worker(path string) *worker {
	w := idle.take(path)
	w.engine = e
	w.suppressions, w.left = map[string]*suppress.Table{}, map[finder]int{}
	return w
}

// release gives a worker back, without what it found.
func release(w *worker, path string, size int) {
	*w = worker{parser: w.parser, resolver: w.resolver, memory: w.memory}
	idle.put(idleWorker{w, path, size})
}

// LendParser returns a parser, the one that read the buffer of a path last where it waits for the next, so that Reparse
// has little to do for texts that resemble it. The parser is given back with the size of the last text.
func LendParser(path string) (p *parser.Parser, giveBack func(size int)) {
	w := idle.take(path)
	return w.parser, func(size int) { release(w, path, size) }
}

// Parsed returns the tree of a text, with its names, as the last check of the buffer of a path made them; nil where it is not known any
// more. They are copies, which cost less than parsing.
func Parsed(path, text string) (tree *ast.Tree, names *sema.Info) {
	idle.mu.Lock()
	defer idle.mu.Unlock()
	for _, w := range idle.list {
		if w.path != path {
			continue
		}
		t := w.worker.parser.Last()
		if t == nil || t.Source() != text {
			continue
		}
		if x := w.worker.resolver.Last(t); x != nil {
			tree = t.Clone()
			return tree, x.CloneFor(tree)
		}
	}
	return nil, nil
}

// Catalogue returns what configuration files may say of the rules.
func (e *Engine) Catalogue() *config.Catalogue { return e.catalogue }

// Problems returns what is wrong with the configuration files and baselines that were read so far, sorted by file and
// place.
func (e *Checker) Problems() []config.Problem {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []config.Problem
	for _, l := range e.configs {
		out = append(out, l.problems...)
	}
	for _, b := range e.read {
		if b.problem != nil {
			out = append(out, *b.problem)
		}
	}
	slices.SortFunc(out, compareProblems)
	return slices.Compact(out) // several may extend one file
}

func compareProblems(a, b config.Problem) int {
	return cmp.Or(
		cmp.Compare(a.File, b.File), cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Message, b.Message),
	)
}
