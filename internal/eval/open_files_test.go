package eval

import (
	"cmp"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// shape is how code uses what it is given: which attributes it takes of it, or as what it takes it.
type shape struct {
	attrs map[string]*shape
	kind  Kinds // of the last use; 0 where that does not show
}

func (s *shape) at(name string) *shape {
	if s.attrs == nil {
		s.attrs = map[string]*shape{}
	}
	if s.attrs[name] == nil {
		s.attrs[name] = &shape{}
	}
	return s.attrs[name]
}

// shapes returns how a file uses the parameters of its functions, by the nodes of their names.
func shapes(tree *ast.Tree, names *sema.Info) map[ast.NodeID]*shape {
	all := map[ast.NodeID]*shape{}
	var of func(n ast.Node, depth int) *shape
	of = func(n ast.Node, depth int) *shape {
		n = n.Unparen()
		if n.Is(ast.Select) {
			s := ast.SelectExpr{Node: n}
			in := of(s.Operand(), depth)
			for part := range s.Attrpath().Children() {
				name, static := ast.AttrName(part)
				if in == nil || !static {
					return nil
				}
				in = in.at(name)
			}
			return in
		}
		b := names.Resolve(n)
		switch {
		case b == nil || depth > 8:
			return nil
		case b.Kind == sema.LetBinding && b.Value.IsValid():
			return of(b.Value, depth+1)
		case b.Kind == sema.LetBinding && b.Decl.Is(ast.Inherit):
			if from := (ast.InheritNode{Node: b.Decl}).From(); from.IsValid() {
				if in := of(from, depth+1); in != nil {
					return in.at(b.Name)
				}
			}
			return nil
		case b.Kind == sema.ParamBinding || b.Kind == sema.FormalBinding || b.Kind == sema.AtBinding:
			if all[b.Node.ID()] == nil {
				all[b.Node.ID()] = &shape{}
			}
			return all[b.Node.ID()]
		}
		return nil
	}
	for i, r := range tree.Records() {
		n := tree.Node(ast.NodeID(i))
		if r.Kind != ast.Ident && r.Kind != ast.Select {
			continue
		}
		s := of(n, 0)
		if s == nil {
			continue
		}
		outer := n.OutsideParens()
		switch up := outer.Parent(); up.Kind() {
		case ast.Apply:
			if (ast.ApplyExpr{Node: up}).Func() == outer {
				s.kind = Function
			}
		case ast.Interpolation:
			s.kind = String
		case ast.If, ast.Assert, ast.Unary:
			if up.FirstChild() == outer {
				s.kind = Bool
			}
		case ast.With:
			s.kind = Set
		case ast.Binary:
			switch up.Op() {
			case ast.OpConcat:
				s.kind = List
			case ast.OpUpdate:
				s.kind = Set
			case ast.OpAnd, ast.OpOr, ast.OpImpl:
				s.kind = Bool
			case ast.OpAdd:
				s.kind = String
			}
		}
	}
	return all
}

func mapKeys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// openCase is an expression of a real file that is said to fail, or that is like it but for a mistake.
type openCase struct {
	what, expr string
	control    bool
}

const argumentsOfOpen = 12

// TestOpenFiles: what is said to fail in real files, with mistakes in them that people make, does so with whatever the functions
// around it are called with. Nix is asked for it in its place, with arguments made at random: such as fit how they are used, mostly, and
// as projects make theirs. The same places without the mistake show that they would not fail by themselves. NIXSIFT_OPEN_FILES sets how
// many files, NIXSIFT_EVAL_SEED which ones, NIXSIFT_OPEN_PART of which folder of the corpus.
func TestOpenFiles(t *testing.T) {
	number, seed := 60, 1
	if n, err := strconv.Atoi(os.Getenv("NIXSIFT_OPEN_FILES")); err == nil {
		number = n
	}
	if n, err := strconv.Atoi(os.Getenv("NIXSIFT_EVAL_SEED")); err == nil {
		seed = n
	}
	part := cmp.Or(os.Getenv("NIXSIFT_OPEN_PART"), "bench")
	from, lib := testenv.Shared(t, "corpus", part), testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
	dir := testenv.Tree(t, nil)
	var files []string
	require.NoError(t, filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, _ := filepath.Rel(from, path)
		b, err := os.ReadFile(path)
		if err != nil || len(b) > 200_000 {
			return err
		}
		if strings.HasSuffix(path, ".nix") && len(b) < 40_000 {
			files = append(files, rel)
		}
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, rel)), 0o755))
		return os.WriteFile(filepath.Join(dir, rel), b, 0o600)
	}))
	rnd := rand.New(rand.NewPCG(7, uint64(seed)))
	rnd.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	g := &stubs{generator: &generator{Rand: rnd}}
	var claims []claim
	var cases []openCase // of the claims
	define := libs(lib)
	looked, findings, failed, controls, reached := 0, 0, 0, 0, 0
	ask := func() {
		out, of := askNix(t, dir, claims), 0
		for i := range cases {
			came := false
			for range argumentsOfOpen {
				came = came || out[of].kind == String
				of++
			}
			switch {
			case cases[i].control:
				controls++
				if came {
					reached++
				}
			case came:
				failed++
				t.Errorf("%s\nis said to fail, and has a value with\n%s", cases[i].what, cases[i].expr)
			}
		}
		claims, cases, define = nil, nil, libs(lib)
	}
	written := 0
	add := func(path string, tree *ast.Tree, p probe, text, what string, control bool) bool {
		n := tree.NodeAt(p.span)
		if n.Span() != p.span {
			return false
		}
		var functions []ast.LambdaExpr
		alone, ok := withNames(n, "(let probe = "+n.Text()+"; in let r = probe; in builtins.seq ("+p.of+") \"came\")", func(fn ast.Node) (string, bool) {
			functions = append(functions, ast.LambdaExpr{Node: fn})
			return fmt.Sprintf("probeArgs.a%d", len(functions)-1), true
		})
		if !ok {
			return false
		}
		alone = "probeArgs: " + alone
		if checked := parser.Parse(alone); len(checked.Errors()) > 0 || Lower(checked, path, nil) == nil {
			return false
		}
		written++
		file := filepath.Join(filepath.Dir(path), fmt.Sprintf("probe%d.nix", written))
		require.NoError(t, os.WriteFile(file, []byte(alone), 0o600))
		g.shapes = shapes(tree, sema.Resolve(tree))
		c := openCase{what: what, control: control}
		for range argumentsOfOpen {
			args := "{ "
			for i, fn := range functions {
				args += fmt.Sprintf("a%d = %s; ", i, g.argument(fn))
			}
			expr := "import " + file + " " + args + "}"
			claims = append(claims, claim{expr: expr, define: define})
			define = ""
			c.expr += expr + "\n"
		}
		cases = append(cases, c)
		return true
	}
	for _, rel := range files {
		if looked >= number {
			break
		}
		path := filepath.Join(dir, rel)
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		text := string(b)
		tree := parser.Parse(text)
		if len(tree.Errors()) > 0 {
			continue
		}
		var all []mistake
		mistakesAnywhere(tree, func(m mistake) { all = append(all, m) })
		rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		all = append([]mistake{{}}, all[:min(len(all), 12)]...) // also without one
		before := findings
		for _, m := range all {
			changed := text[:m.start] + m.text + text[m.end:]
			mutant := parser.Parse(changed)
			code := Lower(mutant, path, sema.Resolve(mutant))
			if len(mutant.Errors()) > 0 || code == nil {
				continue
			}
			ev := NewEvaluation()
			ev.Import = onDisk
			found, _ := Examine(ev, code)
			for _, f := range found {
				p, ok := probeOf(code, f, changed)
				if !ok || f.Assumed != "" {
					continue
				}
				g.rests = f.RestsOnLib(code, onDisk)
				line := 1 + strings.Count(changed[:p.span.Start], "\n")
				what := fmt.Sprintf("%s:%d, with %s (%q for %q): reason %d, probe %s of %s", rel, line, m.kind, m.text, text[m.start:m.end], f.Reason, p.of, p.span.Of(changed))
				if !add(path, mutant, p, changed, what, false) {
					continue
				}
				findings++
				original := p
				shift := func(at uint32) uint32 {
					if at >= m.start+uint32(len(m.text)) {
						return at + (m.end - m.start) - uint32(len(m.text))
					}
					return at
				}
				original.span.Start, original.span.End = shift(p.span.Start), shift(p.span.End)
				if original.span.Start <= original.span.End && m.kind != "" {
					add(path, tree, original, text, what, true)
				}
			}
		}
		if findings > before {
			looked++
		}
		if len(claims) > 6000 {
			ask()
		}
	}
	ask()
	t.Logf("%d findings in %d files; of %d places without the mistake, %d have a value", findings, looked, controls, reached)
	if part == "bench" {
		require.Greater(t, 100*reached, 30*controls)
	}
}

// onDisk is the code of a file.
func onDisk(path string) *Code {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "default.nix")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	tree := parser.Parse(string(b))
	return Lower(tree, path, sema.Resolve(tree))
}
