package flake

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/growth"
	"github.com/nixsift/nixsift/parser"
)

// owned lists the nodes that the root of a lock reaches, by path, with what they are locked to, but for some.
func owned(t *testing.T, lock string, but []*LockNode) (list []string) {
	l, syntax := ReadLock(lock)
	require.Nil(t, syntax)
	gone := map[string]bool{}
	for _, n := range but {
		gone[n.Name] = true
	}
	f := &Flake{Lock: l}
	for _, name := range f.Reachable() {
		if name == l.Root || gone[name] {
			continue
		}
		path, ok := f.PathTo(name)
		require.True(t, ok)
		list = append(list, strings.Join(path, "/")+" "+l.Node(name).NarHash())
	}
	sort.Strings(list)
	return list
}

// TestSparedLikeNix lets Nix lock random flakes, lets some of the inputs of their inputs follow, and compares what Nix keeps of the
// lock file with what was predicted.
func TestSparedLikeNix(t *testing.T) {
	o := newOracle(t)
	urls := o.library(t)[:6]
	random := rand.New(rand.NewPCG(9, 4))
	compared, spared := 0, 0
	for tries := 0; compared < 25; tries++ {
		require.Less(t, tries, 200)
		d := draft{}
		for _, name := range inputNames[:2+random.IntN(len(inputNames)-1)] {
			d[name] = map[string]string{"url": quote(pick(random, urls))}
		}
		dir := o.flake(t, map[string]string{"flake.nix": d.String()})
		out, err := o.Run(dir, "flake", "lock", "path:"+dir)
		require.NoError(t, err, out)
		lockFile := filepath.Join(dir, "flake.lock")
		before, err := os.ReadFile(lockFile)
		require.NoError(t, err)
		text := string(before)
		f := New(dir, parser.Parse(d.String()), &text)
		changed := d.clone()
		for _, name := range f.Reachable() {
			path, _ := f.PathTo(name)
			if len(path) > 1 && random.IntN(2) == 0 {
				changed[path[0]]["inputs."+strings.Join(path[1:], ".inputs.")+".follows"] = quote(pick(random, []string{"a", "b", ""}))
			}
		}
		after := parser.Parse(changed.String())
		overrides := NewOverrides(f.Nix, ReadNix(after))
		if len(overrides) == 0 {
			continue
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, "flake.nix"), []byte(changed.String()), 0o600))
		if out, err = o.Run(dir, "flake", "lock", "path:"+dir); err != nil {
			assert.Contains(t, out, "cycle", changed.String())
			continue
		}
		now, err := os.ReadFile(lockFile)
		require.NoError(t, err)
		gone := f.Lock.Spared(overrides)
		assert.Equal(t, owned(t, string(now), nil), owned(t, text, gone), "%s\nto\n%s", d, changed)
		compared++
		spared += len(gone)
	}
	assert.Positive(t, spared)
}

func TestSparedGrowth(t *testing.T) {
	deep := func(n int) *Lock {
		var b strings.Builder
		b.WriteString(`{"root": "n0", "version": 7, "nodes": {`)
		for i := range n {
			fmt.Fprintf(&b, `"n%d": {"inputs": {"a": "n%d"}, "locked": {"type": "path", "path": "/x", "narHash": ""}, "original": {"type": "path", "path": "/x"}},`, i, i+1)
		}
		fmt.Fprintf(&b, `"n%d": {}}}`, n)
		l, _ := ReadLock(b.String())
		require.NotNil(t, l)
		return l
	}
	overrides := []Override{{Path: []string{"a", "b"}}}
	small, large := deep(500), deep(500*growth.Factor)
	growth.InMemory(t, "a chain", growth.AllocatedOnce(func() { small.Spared(overrides) }), growth.AllocatedOnce(func() { large.Spared(overrides) }))
	assert.Len(t, large.Spared([]Override{{Path: []string{"a", "a"}}}), 500*growth.Factor-1)
}
