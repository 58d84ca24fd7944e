package eval

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// outcome is what Nix makes of an expression.
type outcome struct {
	kind Kinds // one kind
	same bool  // the value is the one that it was compared with
}

// claim is an expression, and a literal of the value that it is said to have, or "". What define names, as in "f = x: x", it and
// the claims behind it may use: what many need is parsed once.
type claim struct{ expr, literal, define string }

var (
	ansi  = regexp.MustCompile("\x1b\\[[0-9;]*m")
	marks = regexp.MustCompile(`^"#(\d+)"$`)
)

// runNix evaluates expressions, of files in a folder, in one process of nix repl, which goes on behind a failure. It returns
// what that prints.
func runNix(t testing.TB, dir string, claims []claim, options ...string) (out, errs string) {
	t.Helper()
	nix := filepath.Join(filepath.Dir(testenv.Nix234(t)), "nix")
	var in strings.Builder
	for i, c := range claims {
		if c.define != "" {
			in.WriteString(strings.ReplaceAll(c.define, "\n", " ") + "\n")
		}
		expr := strings.ReplaceAll(c.expr, "\n", " ")
		fmt.Fprintf(&in, "\"#%d\"\nlet v = %s; t = builtins.tryEval v; in if !t.success then \"caught\" else builtins.typeOf v\n", i, expr)
		if c.literal != "" {
			fmt.Fprintf(&in, "%s == %s\n", expr, c.literal)
		}
	}
	cmd := exec.Command(nix, append([]string{"--extra-experimental-features", "nix-command", "repl"}, options...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NIX_PATH=", "NIX_STATE_DIR="+dir, "NIX_REMOTE=dummy://?read-only=false", "HOME="+dir, "NO_COLOR=1", "TERM=dumb")
	cmd.Stdin = strings.NewReader(in.String())
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Run(), "%s", stderr.String()[max(0, stderr.Len()-600):])
	return ansi.ReplaceAllString(stdout.String(), ""), ansi.ReplaceAllString(stderr.String(), "")
}

// askNix returns what Nix makes of expressions.
func askNix(t testing.TB, dir string, claims []claim, options ...string) []outcome {
	t.Helper()
	out, _ := runNix(t, dir, claims, options...)
	outcomes := make([]outcome, len(claims))
	current := -1
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if m := marks.FindStringSubmatch(line); m != nil {
			current, _ = strconv.Atoi(m[1])
			outcomes[current].kind = Hard
			continue
		}
		if current < 0 {
			continue
		}
		switch line {
		case `"caught"`:
			outcomes[current].kind = Caught
		case `true`:
			outcomes[current].same = true
		}
		for i, name := range []string{"int", "float", "bool", "null", "string", "path", "list", "set", "lambda"} {
			if line == strconv.Quote(name) {
				outcomes[current].kind = 1 << i
			}
		}
	}
	for i := range outcomes {
		require.NotZero(t, outcomes[i].kind, "Nix says nothing of %s", claims[i].expr)
	}
	return outcomes
}

// valueOf evaluates a text by itself.
func valueOf(t testing.TB, ev *Evaluation, dir, text string) *Value {
	t.Helper()
	tree := parser.Parse(text)
	require.Empty(t, tree.Errors(), text)
	code := Lower(tree, filepath.Join(dir, "x.nix"), nil)
	require.NotNil(t, code, text)
	return ev.ask(&thunk{code: code, expr: code.root, env: &env{lexical: true}})
}

// literal writes a value that is known all through as Nix reads it; ok is false for others.
func literal(ev *Evaluation, v *Value, depth int) (text string, ok bool) {
	if !v.isKnown() || depth > 6 || v.fail != nil {
		return "", v.kinds == Null
	}
	switch v.kinds {
	case Int:
		if v.num < 0 {
			return fmt.Sprintf("(0 - %d - 1)", -(v.num + 1)), true
		}
		return strconv.FormatInt(v.num, 10), true
	case Float:
		return "", false
	case Bool:
		return strconv.FormatBool(v.num != 0), true
	case String:
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "$", `\$`).Replace(v.text) + `"`, true
	case List:
		b := "["
		for _, e := range v.list {
			text, ok := literal(ev, ev.force(e), depth+1)
			if !ok {
				return "", false
			}
			if text == "" {
				text = "null"
			}
			b += " " + text
		}
		return b + " ]", true
	case Set:
		if !v.set.plain() {
			return "", false
		}
		b := "{"
		for _, n := range v.set.sorted() {
			text, ok := literal(ev, ev.force(v.set.flat()[n].value), depth+1)
			if !ok {
				return "", false
			}
			if text == "" {
				text = "null"
			}
			b += " " + strconv.Quote(n) + " = " + text + ";"
		}
		return b + " }", true
	}
	return "", false
}

// importable writes files that import each other in a folder, for the expressions of a generator, and returns their code.
func importable(t *testing.T, g *generator, dir string) map[string]*Code {
	t.Helper()
	files := map[string]*Code{}
	for len(files) < 20 {
		k := g.kind()
		g.vars, g.left = nil, 25
		text := g.expr(k, 4)
		name := fmt.Sprintf("f%d.nix", len(files))
		path := filepath.Join(dir, name)
		tree := parser.Parse(text)
		code := Lower(tree, path, nil)
		if len(tree.Errors()) > 0 || code == nil {
			continue
		}
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		files[path] = code
		g.files = append(g.files, variable{"./" + name, k})
	}
	return files
}

// scopable writes files that take names from a scope, for the expressions of a generator, and returns how their code is made.
func scopable(t *testing.T, g *generator, dir string) func(path string, names []string) *Code {
	t.Helper()
	texts := map[string]string{}
	for len(texts) < 20 {
		k := g.kind()
		g.vars, g.left = []variable{{"a", g.kind()}, {"b", g.kind()}, {"foo", g.kind()}}, 25
		text := g.expr(k, 4)
		name := fmt.Sprintf("s%d.nix", len(texts))
		path := filepath.Join(dir, name)
		if len(parser.Parse(text).Errors()) > 0 {
			continue
		}
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		texts[path] = text
		g.scoped = append(g.scoped, variable{"./" + name, k})
	}
	return func(path string, names []string) *Code {
		if texts[path] == "" {
			return nil
		}
		return LowerScoped(parser.Parse(texts[path]), path, names)
	}
}

// TestSoundness compares what is said of expressions made at random with what Nix makes of them.
// NIXSIFT_EVAL_CASES sets how many, NIXSIFT_EVAL_SEED where the row starts.
func TestSoundness(t *testing.T) {
	cases, seed := 1500, 1
	if n, err := strconv.Atoi(os.Getenv("NIXSIFT_EVAL_CASES")); err == nil {
		cases = n
	}
	if n, err := strconv.Atoi(os.Getenv("NIXSIFT_EVAL_SEED")); err == nil {
		seed = n
	}
	const batch = 1500
	dir := testenv.Tree(t, nil)
	stats := map[string]int{}
	for from := 0; from < cases; from += batch {
		g := &generator{Rand: rand.New(rand.NewPCG(uint64(seed), uint64(from)))}
		files := importable(t, g, dir)
		scoped := scopable(t, g, dir)
		var claims []claim
		var values []*Value
		for len(claims) < min(batch, cases-from) {
			text := g.expression()
			tree := parser.Parse(text)
			if len(tree.Errors()) > 0 || Lower(tree, filepath.Join(dir, "x.nix"), nil) == nil {
				stats["refused"]++
				if stats["refused"] > 20*cases {
					t.Fatal("the generator writes hardly anything that parses")
				}
				continue
			}
			ev := NewEvaluation()
			ev.Import, ev.Scoped = func(path string) *Code { return files[path] }, scoped
			v := valueOf(t, ev, dir, text)
			lit, ok := literal(ev, v, 0)
			if ok && lit == "" {
				lit = "null"
			}
			if ev.dry {
				lit = ""
			}
			claims, values = append(claims, claim{expr: text, literal: lit}), append(values, v)
		}
		for i, o := range askNix(t, dir, claims) {
			v := values[i]
			if v.kinds&o.kind == 0 {
				t.Errorf("%s\nis %s %016b to Nix, and said to be %016b %q", claims[i].expr, o.kind.Describe(), o.kind, v.kinds, v.text)
			}
			if claims[i].literal != "" && o.kind&Failures == 0 && !o.same {
				t.Errorf("%s\nis said to be %s", claims[i].expr, claims[i].literal)
			}
			stats["cases"]++
			if o.kind&Failures != 0 {
				stats["Nix fails"]++
				if v.Fails() {
					stats["and is said to"]++
				}
			} else if claims[i].literal != "" {
				stats["value known"]++
			} else if v.kinds == o.kind {
				stats["kind known"]++
			}
		}
	}
	t.Log(stats)
}

// TestSameValue: Nix does not look into a value that it compares with itself, and checks lengths before it evaluates a text.
func TestSameValue(t *testing.T) {
	dir := testenv.Tree(t, nil)
	claims := []claim{
		{expr: `let v = { a = abort "a"; }; in builtins.elem v [ v ]`}, {expr: `let v = [ (abort "a") ]; w = v; in { a = v; } == { a = w; }`},
		{expr: `let v = x: x; in [ v ] == [ v ]`}, {expr: `let v = { a = abort "a"; }; in v == v`},
		{expr: `builtins.replaceStrings [ "a" ] [ ] (throw "b")`}, {expr: `builtins.replaceStrings [ "a" ] [ "b" ] (throw "b")`},
	}
	for i, o := range askNix(t, dir, claims) {
		require.NotZero(t, valueOf(t, NewEvaluation(), dir, claims[i].expr).kinds&o.kind, claims[i].expr)
	}
}
