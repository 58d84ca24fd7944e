package flake

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/parser"
)

// draft is a flake.nix to be written: inputs and what is said of each, by name.
type draft map[string]map[string]string

func (d draft) String() string {
	var b strings.Builder
	b.WriteString("{\n")
	names := make([]string, 0, len(d))
	for name := range d {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		keys := make([]string, 0, len(d[name]))
		for k := range d[name] {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		fmt.Fprintf(&b, "  inputs.%s = {", name)
		for _, k := range keys {
			fmt.Fprintf(&b, " %s = %s;", k, d[name][k])
		}
		b.WriteString(" };\n")
	}
	b.WriteString("  outputs = _: { };\n}\n")
	return b.String()
}

func (d draft) clone() draft {
	out := draft{}
	for name, attrs := range d {
		out[name] = map[string]string{}
		for k, v := range attrs {
			out[name][k] = v
		}
	}
	return out
}

// library writes flakes that others have as inputs: some without inputs, some with inputs of inputs, and one in a
// Git repository.
func (o *oracle) library(t *testing.T) (urls []string) {
	at := func(name string) string { return "path:" + filepath.Join(o.Base, "lib", name) }
	write := func(name, text string) {
		dir := filepath.Join(o.Base, "lib", name)
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "dir"), 0o700))
		for _, file := range []string{"flake.nix", "dir/flake.nix"} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
		}
	}
	write("leaf", `{ outputs = _: { }; }`)
	write("other", `{ outputs = _: { }; }`)
	write("pair", `{ inputs.x.url = "`+at("leaf")+`"; inputs.y.url = "`+at("other")+`"; outputs = _: { }; }`)
	write("own", `{ inputs.x.url = "`+at("leaf")+`"; inputs.y.follows = "x"; inputs.p.url = "`+at("pair")+`"; inputs.p.inputs.x.follows = "x"; outputs = _: { }; }`)
	write("tree", `{ inputs.p.url = "`+at("pair")+`"; inputs.o.url = "`+at("own")+`"; inputs.x.url = "`+at("leaf")+`"; outputs = _: { }; }`)
	write("repo", `{ inputs.x.url = "`+at("leaf")+`"; outputs = _: { }; }`)
	git := func(args ...string) {
		args = append([]string{"-c", "user.name=x", "-c", "user.email=x@example.org"}, args...)
		out, err := gittest.Command(t, filepath.Join(o.Base, "lib", "repo"), args...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	git("init", "-q", "-b", "main")
	git("add", "-A")
	git("commit", "-q", "-m", "x")
	return []string{at("leaf"), at("other"), at("pair"), at("own"), at("tree"), "git+file://" + filepath.Join(o.Base, "lib", "repo"), "path:./near", "./near"}
}

// pick returns an element by chance.
func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

var inputNames = []string{"a", "b", "c", "d"}

// overridePaths are overrides of inputs that the library's flakes have, and of some that they have not.
var overridePaths = []string{"inputs.x", "inputs.y", "inputs.p", "inputs.p.inputs.x", "inputs.o.inputs.x", "inputs.o.inputs.p.inputs.y", "inputs.zz"}

// randomInput makes a declaration. Its overrides do not follow into the input itself: when one of them is removed, the
// lock file alone does not tell whether the input's own flake has it.
func randomInput(r *rand.Rand, name string, urls []string) map[string]string {
	attrs := map[string]string{}
	if r.IntN(6) == 0 {
		attrs["follows"] = quote(pick(r, inputNames))
		return attrs
	}
	attrs["url"] = quote(pick(r, urls))
	for range r.IntN(3) {
		if target := pick(r, []string{"a", "b", "c", "d", "a/x", "b/x", ""}); target == "" || target[:1] != name {
			attrs[pick(r, overridePaths)+".follows"] = quote(target)
		}
	}
	return attrs
}

func quote(s string) string { return `"` + s + `"` }

// change makes one change to a flake, mostly a small one.
func (d draft) change(r *rand.Rand, urls []string) {
	name := pick(r, inputNames)
	attrs := d[name]
	if attrs == nil {
		d[name] = randomInput(r, name, urls)
		return
	}
	over := pick(r, overridePaths) + ".follows"
	switch r.IntN(12) {
	case 0:
		delete(d, name)
	case 1:
		d[name] = randomInput(r, name, urls)
	case 2:
		attrs["flake"] = pick(r, []string{"true", "false"})
	case 3, 4, 5: // the follows of an override
		if _, ok := attrs[over]; ok {
			delete(attrs, over)
		} else if target := pick(r, inputNames); target != name {
			attrs[over] = quote(target)
		}
	case 6:
		for k := range attrs {
			if strings.HasSuffix(k, ".follows") {
				delete(attrs, k)
			}
		}
	case 7: // an override by a URL
		attrs[pick(r, overridePaths)+".url"] = quote(pick(r, urls))
		delete(attrs, over)
	case 8, 9:
		if url, ok := attrs["url"]; ok {
			url = strings.Trim(url, `"`)
			attrs["url"] = quote(pick(r, []string{url + "/", url + "?dir=dir", url + "?rev=" + strings.Repeat("a", 40), strings.Replace(url, "lib", "lib/.", 1), url + "#", url + "?submodules=0"}))
		}
	case 10:
		if path, ok := strings.CutPrefix(strings.Trim(attrs["url"], `"`), "path:"); ok {
			delete(attrs, "url")
			attrs["type"], attrs["path"] = quote("path"), quote(path)
		} else if path, ok := strings.CutPrefix(strings.Trim(attrs["url"], `"`), "git+"); ok {
			attrs["type"], attrs["url"] = quote("git"), quote(path)
		}
	case 11:
		if attrs["url"] == `"path:./near"` || attrs["url"] == `"./near"` {
			attrs["url"] = pick(r, []string{"./near", `"path:near"`, `"path:./near/"`, `"./near"`, `"path:./near"`})
		}
	}
}

// TestChangesLikeNix lets Nix lock random flakes, changes their flake.nix, and compares whether Nix wants to change
// the lock file with what the model says, in both directions.
func TestChangesLikeNix(t *testing.T) {
	o := newOracle(t)
	urls := o.library(t)
	random := rand.New(rand.NewPCG(5, 6))
	counts := map[string]int{}
	for pairs := 0; pairs < changesLikeNix(t); {
		d := draft{}
		for _, name := range inputNames[:1+random.IntN(len(inputNames))] {
			d[name] = randomInput(random, name, urls)
		}
		files := map[string]string{"flake.nix": d.String(), "near/flake.nix": `{ inputs.x.url = "` + urls[0] + `"; outputs = _: { }; }`}
		dir := o.flake(t, files)
		if _, err := o.Run(dir, "flake", "lock", "path:"+dir); err != nil {
			counts["not lockable"]++
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, "flake.lock"))
		if os.IsNotExist(err) {
			continue // no inputs
		}
		require.NoError(t, err)
		lock := string(b)
		for try := range perLock {
			pairs++
			changed := d.clone()
			for range try { // the first is as it was
				changed.change(random, urls)
			}
			src := changed.String()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "flake.nix"), []byte(src), 0o600))
			got, out := o.ask(dir)
			f := New(dir, parser.Parse(src), &lock)
			want := judge(f)
			counts[string(got)]++
			if got == refused && want != rewritten {
				counts["refused for flake.nix"]++ // the lock file is not the reason
				continue
			}
			assert.Equal(t, got == accepted, want == accepted, "locked\n%schanged to\n%sNix says\n%s\nwe say %+v\n%s", d, src, out, f.Changes(), lock)
		}
	}
	t.Log(counts)
	assert.Positive(t, counts[string(accepted)])
	assert.Positive(t, counts[string(rewritten)])
}

// changesLikeNix returns how many pairs of a flake.nix and a lock file TestChangesLikeNix compares: NIXSIFT_LOCK_PAIRS says so, and a
// few minutes are enough for a thousand.
func changesLikeNix(t *testing.T) int {
	text := os.Getenv("NIXSIFT_LOCK_PAIRS")
	if text == "" {
		return 120
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// perLock is how many flakes are held against one lock file.
const perLock = 4

// TestLockAloneLikeNix holds against Nix what the model says of lock files alone: Nix takes those that are
// accepted with the flake.nix that declares what is locked, and others with none.
func TestLockAloneLikeNix(t *testing.T) {
	o := newOracle(t)
	node := func(name, rest string) string {
		return `"` + name + `": {` + rest + `"locked": {"narHash": "` + someHash + `", "owner": "o", "repo": "` + name + `", "rev": "` + someRev + `", "type": "github"}, "original": {"owner": "o", "repo": "` + name + `", "type": "github"}}`
	}
	odd := func(name string) string {
		return strings.Replace(node(name, ""), `"type": "github"}}`, `"type": "odd"}}`, 1)
	}
	lock := func(root string, nodes ...string) string {
		return `{"nodes": {` + strings.Join(append(nodes, `"root": {"inputs": {`+root+`}}`), ", ") + `}, "root": "root", "version": 7}`
	}
	flake := func(inputs string) string { return `{ inputs.a.url = "github:o/a"; ` + inputs + ` outputs = _: { }; }` }
	none, plain := `{ outputs = _: { }; }`, flake("")
	for _, c := range []struct {
		name, lock string
		good       string   // the flake.nix with which Nix takes it, or ""
		bad        []string // others that may come with it
	}{
		{"plain", lock(`"a": "a"`, node("a", "")), plain, nil},
		{"two", lock(`"a": "a", "b": "b"`, node("a", ""), node("b", "")), flake(`inputs.b.url = "github:o/b";`), nil},
		{"follows", lock(`"a": "a", "b": "b"`, node("a", `"inputs": {"x": ["b"]}, `), node("b", "")),
			flake(`inputs.a.inputs.x.follows = "b"; inputs.b.url = "github:o/b";`), nil},
		{"an input of an input", lock(`"a": "a"`, node("a", `"inputs": {"x": "x"}, `), node("x", `"inputs": {"y": ["a"]}, `)), plain, nil},
		{"a root input that leads nowhere", lock(`"a": "a", "b": ["gone"]`, node("a", "")), "",
			[]string{plain, flake(`inputs.b.follows = "gone";`), flake(`inputs.b.url = "github:o/b";`)}},
		{"a root input that leads to itself", lock(`"a": "a", "b": ["b"]`, node("a", "")), "", []string{plain, flake(`inputs.b.follows = "b";`)}},
		{"an input of an input that leads nowhere", lock(`"a": "a"`, node("a", `"inputs": {"x": ["gone"]}, `)), "",
			[]string{plain, flake(`inputs.a.inputs.x.follows = "gone";`), flake(`inputs.a.inputs.x.url = "github:o/x";`)}},
		{"deeper", lock(`"a": "a"`, node("a", `"inputs": {"x": "x"}, `), node("x", `"inputs": {"y": ["gone"]}, `)), "",
			[]string{plain, flake(`inputs.a.inputs.x.follows = "a";`)}},
		{"into itself", lock(`"a": "a"`, node("a", `"inputs": {"x": ["a", "x"]}, `)), "", []string{plain, flake(`inputs.a.inputs.x.follows = "a/x";`)}},
		{"two nodes in each other", lock(`"a": "a"`, node("a", `"inputs": {"x": "x"}, `), node("x", `"inputs": {"y": "a"}, `)), "", []string{plain}},
		{"a shared node", lock(`"a": "a", "b": "b"`, node("a", `"inputs": {"x": "b"}, `), node("b", "")), "",
			[]string{plain, flake(`inputs.b.url = "github:o/b";`), flake(`inputs.b.url = "github:o/b"; inputs.a.inputs.x.follows = "b";`)}},
		{"an unknown type", lock(`"a": "a"`, odd("a")), "", []string{plain, `{ inputs.a = { type = "odd"; owner = "o"; repo = "a"; }; outputs = _: { }; }`}},
		{"an unknown type below", lock(`"a": "a"`, node("a", `"inputs": {"x": "x"}, `), odd("x")), "", []string{plain}},
	} {
		assert.Equal(t, c.good != "", alone(c.lock) == accepted, "%s: %s", c.name, alone(c.lock))
		if c.good != "" {
			got, out := o.ask(o.flake(t, map[string]string{"flake.nix": c.good, "flake.lock": c.lock}))
			assert.Equal(t, accepted, got, "%s: Nix says\n%s", c.name, out)
		}
		for _, src := range append(c.bad, none) {
			got, out := o.ask(o.flake(t, map[string]string{"flake.nix": src, "flake.lock": c.lock}))
			assert.NotEqual(t, accepted, got, "%s with %s: Nix says\n%s", c.name, src, out)
		}
	}
}
