// Package query looks for a pattern in many files, and rewrites them.
package query

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/pattern"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
)

// Query is what is looked for.
type Query struct {
	Pattern *pattern.Pattern
	Replace *pattern.Replacement // nil where nothing is to be rewritten
	// Possible asks for matches that are only possible, too. They are never rewritten.
	Possible bool
	Where    *Where // nil for all matches
	// Dir is the folder that paths in conditions are relative to.
	Dir string
}

// File is what is found in a file.
type File struct {
	Path    string
	Text    string // as it was read
	Matches []Match
	// Hidden counts matches that are only possible and were not asked for.
	Hidden int
	// After is the text with the matches rewritten, Text where nothing is; Done counts them. Left are those that are not
	// rewritten, and Refused is set where Nix would not parse the result: then none is.
	After   string
	Done    int
	Left    []Left
	Refused bool

	Err    error // why it could not be read
	Broken bool  // it has syntax errors; what these are in matches nothing
	Cut    bool  // looking for all matches would have taken too long
	Lines  *source.LineIndex
}

// Left is a match that is not rewritten, and why.
type Left struct {
	Span source.Span
	Why  string
}

// Match is one match. It does not keep the file's tree.
type Match struct {
	Span     source.Span
	Text     string
	Possible bool
	Vars     []Var
}

// Var is what a metavariable stands for: of Many any number of things. Span is empty where that is nothing; InPieces tells that the code is put together.
type Var struct {
	Name     string
	Text     string
	Span     source.Span
	InPieces bool
	Many     bool
}

// Run looks into files, several at once, and returns what it found in those that have something to tell, in their order.
func (q *Query) Run(ctx context.Context, fsys workspace.FS, paths []string) ([]File, error) {
	found := make([]*File, len(paths))
	var snapshot *project.Snapshot
	if q.Where != nil && q.Where.Project {
		snapshot = project.New(fsys)
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	var panicked atomic.Value
	for range min(runtime.GOMAXPROCS(0), len(paths)) {
		wait.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					panicked.CompareAndSwap(nil, panicValue{v})
				}
			}()
			w := worker{Query: q, fs: fsys, snapshot: snapshot}
			for i := int(next.Add(1)) - 1; i < len(paths) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				found[i] = w.look(paths[i])
			}
		})
	}
	wait.Wait()
	if v, ok := panicked.Load().(panicValue); ok {
		panic(v.value)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var out []File
	for _, f := range found {
		if f != nil {
			out = append(out, *f)
		}
	}
	return out, nil
}

type panicValue struct{ value any }

// worker looks into one file after the other.
type worker struct {
	*Query
	fs       workspace.FS
	snapshot *project.Snapshot // where conditions are about the project
	parser   parser.Parser
	names    sema.Resolver
}

// look returns what is found in a file, nil for nothing.
func (w *worker) look(path string) *File {
	b, err := w.fs.ReadFile(path)
	if err != nil {
		return &File{Path: path, Err: err}
	}
	text := string(b)
	if !w.Pattern.MayMatch(text) {
		return nil
	}
	tree := w.parser.Parse(text)
	names := w.names.Resolve(tree)
	found := w.Pattern.Find(names)
	f := &File{Path: path, Text: text, After: text, Cut: found.Cut, Broken: len(tree.Errors()) > 0}
	about := &read{names: names, path: path, name: nameIn(w.Dir, path)}
	if w.snapshot != nil {
		about.view = w.snapshot.View(path)
	}
	judge := NewJudge(about)
	var sure []pattern.Match
	shown := ""
	for i := range found.Matches {
		m := &found.Matches[i]
		if w.Where != nil && !w.holds(judge, about.view, m) {
			continue
		}
		switch {
		case !m.Possible:
			sure = append(sure, *m)
		case !w.Possible:
			f.Hidden++
			continue
		}
		if shown == "" {
			shown = (*secret.Values)(nil).Mask(path, text)
		}
		f.Matches = append(f.Matches, told(m, text, shown))
	}
	if len(f.Matches) > 0 {
		f.Lines = source.NewLineIndex(text)
	}
	if w.Replace != nil && len(sure) > 0 {
		var ok bool
		var left []pattern.Left
		f.After, f.Done, left, ok = w.Replace.Apply(tree, sure)
		f.Refused = !ok
		for _, l := range left {
			f.Left = append(f.Left, Left{l.Match.Span, l.Why})
		}
	}
	if len(f.Matches) == 0 && f.Hidden == 0 && !f.Broken && !f.Cut {
		return nil
	}
	return f
}

// holds reports whether the condition holds for a match.
func (w *worker) holds(judge *Judge, in *project.View, m *pattern.Match) bool {
	v := judge.Of(w.Where, m)
	if v.Settled {
		return v.Holds
	}
	return v.Ask(in.Answers())
}

// told returns what is shown of a match in the text of a file; shown is that with stars in place of secrets.
func told(m *pattern.Match, text, shown string) Match {
	out := Match{Span: m.Span, Text: m.Span.Of(shown), Possible: m.Possible}
	for _, c := range m.Vars {
		v := Var{c.Name, c.Span.Of(shown), c.Span, c.InPieces(), c.Many()}
		if v.InPieces || v.Span.Len() == 0 {
			v.Text = secret.HideNamed(text, c.Text())
		}
		out.Vars = append(out.Vars, v)
	}
	return out
}
