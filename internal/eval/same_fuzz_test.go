package eval

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// fileSet is a small project made at random: files that import each other, later ones earlier ones.
type fileSet struct {
	paths []string
	code  map[string]*Code
	texts map[string]string
}

// files writes a project: sets and functions, with attributes that import what was written before.
func (g *generator) fileSet() *fileSet {
	s := &fileSet{code: map[string]*Code{}, texts: map[string]string{}}
	g.files = nil
	for i := range 2 + g.IntN(4) {
		bindings, attrs := g.project()
		head, kind := "", Set
		if g.chance(30) {
			head, kind = "{ a ? 1, b, ... }: ", Function
		}
		text := head + "let\n" + strings.Join(bindings, "\n") + "\nin {\n" + strings.Join(attrs, "\n") + "\n}"
		path := fmt.Sprintf("/x/f%d.nix", i)
		tree := parser.Parse(text)
		code := Lower(tree, path, sema.Resolve(tree))
		if len(tree.Errors()) > 0 || code == nil {
			continue
		}
		s.paths, s.code[path], s.texts[path] = append(s.paths, path), code, text
		g.files = append(g.files, variable{fmt.Sprintf("./f%d.nix", i), kind})
	}
	return s
}

// evaluation returns an evaluation that knows the files.
func (s *fileSet) evaluation(fuel int) *Evaluation {
	ev := NewEvaluation()
	ev.Fuel, ev.Import = fuel, func(path string) *Code { return s.code[path] }
	return ev
}

// said writes what is found in a file.
func said(ev *Evaluation, code *Code) string {
	findings, x := Examine(ev, code)
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintln(&b, f.Reason, f.Span, f.Sure, f.Name, f.Names, f.Text, f.Got, f.Want, f.Candidates(), f.Extra(), f.Inside)
	}
	fmt.Fprintln(&b, x.Exhausted, x.GaveUp)
	return b.String()
}

// FuzzSame holds that answers and findings depend on nothing but the files and the fuel: not on the order of questions, on what is
// remembered, or on how many ask at once.
func FuzzSame(f *testing.F) {
	for seed := range uint64(12) {
		f.Add(seed, seed)
	}
	f.Add(uint64(35), uint64(24))
	f.Fuzz(func(t *testing.T, seed, stream uint64) {
		g := &generator{Rand: rand.New(rand.NewPCG(seed, stream))}
		s := g.fileSet()
		fuel := 30 << g.IntN(11)
		type question struct{ path, name string }
		ask := func(ev *Evaluation, path string) map[string]*thunk {
			code := s.code[path]
			v := ev.ask(&thunk{code: code, expr: code.root, env: &env{lexical: true}})
			if v.kinds == Function && v.isKnown() {
				v = ev.ask(&thunk{fn: func(ev *Evaluation) *Value { return ev.call(site{}, v, []*thunk{topThunk}) }})
			}
			all := map[string]*thunk{}
			if v.kinds == Set && v.isKnown() && v.set.plain() {
				for name, a := range v.set.flat() {
					all[name] = a.value
				}
			}
			return all
		}
		cold := map[question]string{}
		var order []question
		for _, path := range s.paths {
			for name := range ask(s.evaluation(fuel), path) {
				ev := s.evaluation(fuel)
				q := question{path, name}
				cold[q] = outline(ev.ask(ask(ev, path)[name]))
				order = append(order, q)
			}
		}
		slices.SortFunc(order, func(a, b question) int { return strings.Compare(a.path+" "+a.name, b.path+" "+b.name) })
		for range 2 {
			g.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			warm, thunks := s.evaluation(fuel), map[string]map[string]*thunk{}
			for _, path := range s.paths {
				thunks[path] = ask(warm, path)
			}
			for _, q := range order {
				require.Equal(t, cold[q], outline(warm.ask(thunks[q.path][q.name])), "%v with fuel %d, asked in the order %v of\n%v", q, fuel, order, s.texts)
			}
		}

		want := map[string]string{}
		for _, path := range s.paths {
			want[path] = said(s.evaluation(fuel), s.code[path])
		}
		memory, paths := new(Memory), slices.Clone(s.paths)
		for range 2 {
			g.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
			for _, path := range paths {
				ev := memory.Evaluation()
				ev.Fuel, ev.Import = fuel, func(path string) *Code { return s.code[path] }
				require.Equal(t, want[path], said(ev, s.code[path]), "%s in memory that was used, with fuel %d, of\n%v", path, fuel, s.texts)
			}
		}
		var workers sync.WaitGroup
		got := make([]map[string]string, 3)
		for i := range got {
			got[i] = map[string]string{}
			workers.Go(func() {
				for j := range s.paths {
					path := s.paths[(i+j)%len(s.paths)]
					got[i][path] = said(s.evaluation(fuel), s.code[path])
				}
			})
		}
		workers.Wait()
		for i := range got {
			require.Equal(t, want, got[i], "with fuel %d, of\n%v", fuel, s.texts)
		}
	})
}
