package flake

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// verdict is what Nix does with a lock file.
type verdict string

// Nix takes the file as it is; it locks inputs anew and rewrites it; it fails.
const (
	accepted  verdict = "accepted"
	rewritten verdict = "rewritten"
	refused   verdict = "refused"
)

// oracle runs Nix 2.34 offline on flakes in folders of its own.
type oracle struct {
	*testenv.Nix
	runs int
}

func newOracle(t *testing.T) *oracle { return &oracle{Nix: testenv.NewNix(t)} }

// flake writes the files of a flake and returns its folder.
func (o *oracle) flake(t *testing.T, files map[string]string) string {
	o.runs++
	dir := filepath.Join(o.Base, fmt.Sprint("flake", o.runs))
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}

// ask tells what Nix does with the lock file of a flake. Without a network, it fails where it wants to fetch.
func (o *oracle) ask(dir string) (verdict, string) {
	out, err := o.Run(dir, "flake", "metadata", "path:"+dir, "--no-update-lock-file")
	if err == nil {
		return accepted, out
	}
	for _, sign := range []string{"requires lock file changes", "unable to download", "Failed to fetch git", "Failed to open archive", "cannot find flake 'flake:", "hg failed", "while fetching the input"} {
		if strings.Contains(out, sign) {
			return rewritten, out
		}
	}
	return refused, out
}

// judge tells what the model says Nix does.
func judge(f *Flake) verdict {
	if f.LockError != nil || f.Lock != nil && len(f.Lock.Problems) > 0 {
		return refused
	}
	v := accepted
	for _, c := range f.Changes() {
		switch c.Kind {
		case ChangeDangling, ChangeCycle, ChangeType:
			return refused
		default:
			v = rewritten
		}
	}
	return v
}

const (
	someHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

	// richFlake and richLock go together. Between them they have every way to be an input.
	richFlake = `{
  inputs = {
    site = { url = "github:someone/site"; inputs.pkgs.follows = "pkgs"; };
    pkgs.url = "github:someone/pkgs/main";
    code.url = "git+https://example.org/code?ref=main&submodules=1";
    data = { url = "https://example.org/data.json"; flake = false; };
    tar.url = "https://example.org/tar.tar.gz";
    near.url = "path:./near";
    far.url = "path:/srv/far";
    again.follows = "site/theme";
    name = { };
  };
  outputs = _: { };
}
`
	richLock = `{
  "nodes": {
    "code": {
      "locked": { "lastModified": 1700000000, "narHash": "HASH", "ref": "main", "rev": "REV", "revCount": 7, "submodules": true, "type": "git", "url": "https://example.org/code" },
      "original": { "ref": "main", "submodules": true, "type": "git", "url": "https://example.org/code" }
    },
    "colors": {
      "flake": false,
      "locked": { "lastModified": 1700000000, "narHash": "HASH", "owner": "someone", "repo": "colors", "rev": "REV", "type": "gitlab" },
      "original": { "owner": "someone", "repo": "colors", "type": "gitlab" }
    },
    "data": {
      "flake": false,
      "locked": { "narHash": "HASH", "type": "file", "url": "https://example.org/data.json" },
      "original": { "type": "file", "url": "https://example.org/data.json" }
    },
    "far": {
      "locked": { "lastModified": 1, "narHash": "HASH", "path": "/srv/far", "type": "path" },
      "original": { "path": "/srv/far", "type": "path" }
    },
    "name": {
      "locked": { "dir": "sub", "lastModified": 1, "narHash": "HASH", "owner": "someone", "repo": "name", "rev": "REV", "type": "github" },
      "original": { "id": "name", "type": "indirect" }
    },
    "near": {
      "inputs": { "deep": "deep" },
      "locked": { "path": "./near", "type": "path" },
      "original": { "path": "./near", "type": "path" },
      "parent": []
    },
    "deep": {
      "locked": { "path": "./deep", "type": "path" },
      "original": { "path": "./deep", "type": "path" },
      "parent": ["near"]
    },
    "pkgs": {
      "locked": { "lastModified": 1700000000, "narHash": "HASH", "owner": "someone", "repo": "pkgs", "rev": "REV", "type": "github" },
      "original": { "owner": "someone", "ref": "main", "repo": "pkgs", "type": "github" }
    },
    "root": {
      "inputs": { "again": ["site", "theme"], "code": "code", "data": "data", "far": "far", "name": "name", "near": "near", "pkgs": "pkgs", "site": "site", "tar": "tar" }
    },
    "site": {
      "inputs": { "pkgs": ["pkgs"], "theme": "theme" },
      "locked": { "lastModified": 1700000000, "narHash": "HASH", "owner": "someone", "repo": "site", "rev": "REV", "type": "github" },
      "original": { "owner": "someone", "repo": "site", "type": "github" }
    },
    "tar": {
      "locked": { "lastModified": 1700000000, "narHash": "HASH", "type": "tarball", "url": "https://example.org/tar.tar.gz" },
      "original": { "type": "tarball", "url": "https://example.org/tar.tar.gz" }
    },
    "theme": {
      "inputs": { "colors": "colors", "pkgs": ["site", "pkgs"], "up": [] },
      "locked": { "lastModified": 1700000000, "narHash": "HASH", "owner": "someone", "repo": "theme", "rev": "REV", "type": "sourcehut" },
      "original": { "owner": "someone", "repo": "theme", "type": "sourcehut" }
    }
  },
  "root": "root",
  "version": 7
}
`
)

func richFiles(lock string) map[string]string {
	const empty = "{ outputs = _: { }; }"
	return map[string]string{
		"flake.nix": richFlake, "flake.lock": lock, "near/flake.nix": `{ inputs.deep.url = "path:./deep"; outputs = _: { }; }`,
		"near/deep/flake.nix": empty, "deep/flake.nix": empty,
	}
}

func rich() string {
	return strings.NewReplacer("HASH", someHash, "REV", someRev).Replace(richLock)
}

// lockForms are changes to richLock and what Nix 2.34 does with the result; text stands for the whole file.
var lockForms = []struct {
	old, new, text string
	want           verdict
}{
	{want: accepted},
	// What is JSON.
	{text: " \n", want: refused}, {text: "{}", want: refused}, {text: "[]", want: refused}, {text: "null", want: refused}, {text: "\ufeff", want: refused},
	{old: "{\n  \"nodes\"", new: "\ufeff{\n  \"nodes\"", want: accepted},
	{old: "\"version\": 7\n}\n", new: "\"version\": 7\r\n}", want: accepted},
	{old: "\"version\": 7\n}\n", new: "\"version\": 7\n} \t\n\r\n", want: accepted},
	{old: "\"version\": 7\n}\n", new: "\"version\": 7\n}\x00{", want: accepted},
	{old: "\"version\": 7\n}\n", new: "\"version\": 7\n}x", want: refused},
	{old: "\"version\": 7\n}\n", new: "\"version\": 7\n}{}", want: refused},
	{old: "\"version\": 7\n}\n", new: "\"version\": 7\n}\f", want: refused},
	{old: "\"version\": 7\n}\n", new: "\"version\": 7,\n}", want: refused},
	{old: "\"version\": 7", new: "<<<<<<< HEAD\n\"version\": 7", want: refused},
	{old: "\"version\": 7", new: `"version": 3, "version": 7`, want: accepted},
	{old: "\"version\": 7", new: `"version": 7, "x": 01`, want: refused},
	{old: "\"version\": 7", new: `"version": 7, "x": 1.`, want: refused},
	{old: "\"version\": 7", new: `"version": 7, "x": -0.5e+3`, want: accepted},
	{old: "\"version\": 7", new: `"version": 7, "x": 1e999`, want: refused},
	{old: "\"version\": 7", new: `"version": 7, "x": 18446744073709551616`, want: accepted},
	{old: "\"version\": 7", new: `"version": 7, "x": "\ud800"`, want: refused},
	{old: "\"version\": 7", new: `"version": 7, "x": "\ud83d\ude00\u0000"`, want: accepted},
	{old: "\"version\": 7", new: `"version": 7, "x": "\ude00\ud83d"`, want: refused},
	{old: "\"version\": 7", new: "\"version\": 7, \"x\": \"\xff\"", want: refused},
	{old: "\"version\": 7", new: "\"version\": 7, \"x\": \"\xed\xa0\x80\"", want: refused},
	{old: "\"version\": 7", new: "\"version\": 7, \"x\": \"\t\"", want: refused},
	{old: "\"version\": 7", new: "\"version\": 7, \"x\": \"\x7f\"", want: accepted},
	{old: "\"version\": 7", new: `"version": 7, "x": "\x"`, want: refused},
	{old: "\"version\": 7", new: `"version": 7, "x": 'y'`, want: refused},
	{old: "\"version\": 7", new: `"version": 7, "x": nul`, want: refused},
	{old: "\"version\": 7", new: `"version": 7, "x": ` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000), want: accepted},
	// Versions and roots.
	{old: "\"version\": 7", new: `"version": 5`, want: accepted}, {old: "\"version\": 7", new: `"version": 6`, want: accepted},
	{old: "\"version\": 7", new: `"version": 7.9`, want: accepted}, {old: "\"version\": 7", new: `"version": 4.99`, want: refused},
	{old: "\"version\": 7", new: `"version": 8`, want: refused}, {old: "\"version\": 7", new: `"version": -1`, want: refused},
	{old: "\"version\": 7", new: `"version": "7"`, want: refused}, {old: "\"version\": 7", new: `"version": null`, want: refused},
	{old: "\"version\": 7", new: `"version": true`, want: refused}, {old: "\"version\": 7", new: `"version": 4294967303`, want: accepted},
	{old: "\"version\": 7", new: `"other": 7`, want: refused},
	{old: `"root": "root",`, want: refused}, {old: `"root": "root"`, new: `"root": 3`, want: refused}, {old: `"root": "root"`, new: `"root": null`, want: refused},
	{old: `"root": "root"`, new: `"root": "gone"`, want: rewritten},
	{old: `"nodes": {`, new: `"other": {`, want: rewritten}, {old: `"nodes": {`, new: `"nodes": null, "other": {`, want: rewritten},
	{old: `"nodes": {`, new: `"nodes": {}, "other": {`, want: rewritten}, {old: `"nodes": {`, new: `"nodes": [], "other": {`, want: refused},
	{old: `"nodes": {`, new: `"nodes": "x", "other": {`, want: refused},
	{old: `"root": {`, new: `"root": 3, "other": {`, want: rewritten}, {old: `"root": {`, new: `"root": null, "other": {`, want: rewritten},
	{old: `"root": {`, new: `"root": { "locked": 3, "original": 4, "flake": 5, "parent": 6,`, want: accepted},
	{old: `"inputs": { "again"`, new: `"inputs": [], "other": { "again"`, want: rewritten}, {old: `"inputs": { "again"`, new: `"inputs": null, "other": { "again"`, want: rewritten},
	{old: `"inputs": { "again"`, new: `"inputs": 3, "other": { "again"`, want: refused}, {old: `"inputs": { "again"`, new: `"other": { "again"`, want: rewritten},
	{old: `"inputs": { "again"`, new: `"inputs": "x", "other": { "again"`, want: refused}, {old: `"inputs": { "again"`, new: `"inputs": ["site"], "other": { "again"`, want: rewritten},
	// Nodes and their inputs.
	{old: `"nodes": {`, new: `"nodes": { "orphan": 3,`, want: accepted}, {old: `"nodes": {`, new: `"nodes": { "orphan": { "inputs": { "x": "orphan" } },`, want: accepted},
	{old: `"theme": "theme"`, new: `"theme": "gone"`, want: refused}, {old: `"theme": "theme"`, new: `"theme": 3`, want: refused}, {old: `"theme": "theme"`, new: `"theme": null`, want: refused},
	{old: `"theme": "theme"`, new: `"theme": "root"`, want: refused}, {old: `"colors": "colors"`, new: `"colors": "theme"`, want: refused}, {old: `"colors": "colors"`, new: `"colors": "site"`, want: refused},
	{old: `"colors": "colors"`, new: `"colors": "tar"`, want: rewritten}, {old: `"colors": "colors"`, new: `"colors": ["gone"]`, want: refused},
	{old: `"colors": "colors"`, new: `"colors": ["site", "theme", "colors"]`, want: refused}, {old: `"colors": "colors"`, new: `"colors": ["code"]`, want: accepted},
	{old: `"pkgs": ["pkgs"]`, new: `"pkgs": ["gone"]`, want: rewritten}, {old: `"pkgs": ["pkgs"]`, new: `"pkgs": ["site", "pkgs"]`, want: rewritten}, {old: `"pkgs": ["pkgs"]`, new: `"pkgs": []`, want: rewritten},
	{old: `"pkgs": ["pkgs"]`, new: `"pkgs": [3]`, want: refused}, {old: `"pkgs": ["pkgs"]`, new: `"pkgs": {}`, want: refused}, {old: `"pkgs": ["pkgs"]`, new: `"pkgs": "pkgs"`, want: rewritten},
	{old: `"inputs": { "colors"`, new: `"inputs": 3, "x": { "colors"`, want: refused}, {old: `"inputs": { "colors"`, new: `"inputs": [["pkgs"]], "x": { "colors"`, want: accepted},
	{old: `"again": ["site", "theme"]`, new: `"again": ["site"]`, want: rewritten}, {old: `"again": ["site", "theme"]`, new: `"again": "pkgs"`, want: rewritten},
	{old: `"tar": "tar" }`, new: `"tar": "tar", "zz": "colors" }`, want: rewritten},
	{old: `"flake": false,
      "locked": { "lastModified"`, new: `"flake": null, "locked": { "lastModified"`, want: refused},
	{old: `"flake": false,
      "locked": { "lastModified"`, new: `"flake": "false", "locked": { "lastModified"`, want: refused},
	{old: `"flake": false,
      "locked": { "lastModified"`, new: `"flake": true, "more": [], "locked": { "lastModified"`, want: accepted},
	{old: `"parent": []`, new: `"parent": null`, want: refused}, {old: `"parent": []`, new: `"parent": "near"`, want: refused}, {old: `"parent": []`, new: `"parent": [3]`, want: refused},
	{old: `"parent": []`, new: `"parent": ["site"]`, want: rewritten}, {old: `"parent": []`, new: `"other": []`, want: rewritten}, {old: `"parent": ["near"]`, new: `"parent": []`, want: rewritten},
	// References.
	{old: `"locked": { "path": "./near"`, new: `"other": { "path": "./near"`, want: refused}, {old: `"original": { "path": "./near"`, new: `"other": { "path": "./near"`, want: refused},
	{old: `"original": { "path": "./near", "type": "path" }`, new: `"original": 3`, want: refused}, {old: `"original": { "path": "./near", "type": "path" }`, new: `"original": []`, want: refused},
	{old: `"original": { "path": "./near", "type": "path" }`, new: `"original": {}`, want: refused},
	{old: `"type": "sourcehut" }
    }`, new: `"type": 3 }
    }`, want: refused},
	{old: `"original": { "id": "name", "type": "indirect" }`, new: `"original": { "id": "name", "type": "zip" }`, want: rewritten},
	{old: `"rev": "REV", "type": "gitlab"`, new: `"rev": "REV", "type": "zip"`, want: refused},
	{old: `"narHash": "HASH", "owner": "someone", "repo": "colors", "rev": "REV"`, new: `"owner": "someone", "repo": "colors"`, want: refused},
	{old: `"narHash": "HASH", "owner": "someone", "repo": "colors", "rev": "REV"`, new: `"owner": "someone", "repo": "colors", "rev": "REV"`, want: accepted},
	{old: `"narHash": "HASH", "owner": "someone", "repo": "colors", "rev": "REV"`, new: `"narHash": "HASH", "owner": "someone", "repo": "colors"`, want: accepted},
	{old: `"lastModified": 1, "narHash": "HASH", "path": "/srv/far"`, new: `"path": "/srv/far", "rev": "REV"`, want: refused},
	{old: `"locked": { "narHash": "HASH", "type": "file"`, new: `"locked": { "type": "file"`, want: refused},
	{old: `"locked": { "narHash": "HASH", "type": "file"`, new: `"locked": { "narHash": "sha256-abc", "type": "file"`, want: refused},
	{old: `"locked": { "narHash": "HASH", "type": "file"`, new: `"locked": { "narHash": "", "type": "file"`, want: accepted},
	{old: `"locked": { "narHash": "HASH", "type": "file"`, new: `"locked": { "narHash": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", "type": "file"`, want: accepted},
	{old: `"locked": { "narHash": "HASH", "type": "file"`, new: `"locked": { "narHash": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "type": "file"`, want: refused},
	{old: `"locked": { "narHash": "HASH", "type": "file"`, new: `"locked": { "narHash": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "type": "file"`, want: refused},
	{old: `"locked": { "narHash": "HASH", "type": "file"`, new: `"locked": { "narHash": 3, "type": "file"`, want: refused},
	{old: `"locked": { "lastModified": 1700000000, "narHash": "HASH", "ref": "main"`, new: `"locked": { "narHash": 3, "ref": "main"`, want: accepted}, // git has a rev
	{old: `"locked": { "lastModified": 1700000000, "narHash": "HASH", "ref": "main"`, new: `"locked": { "lastModified": "1", "ref": "main"`, want: refused},
	{old: `"submodules": true, "type": "git", "url": "https://example.org/code" },`, new: `"submodules": "1", "type": "git", "url": "https://example.org/code" },`, want: refused},
	{old: `"ref": "main", "rev": "REV", "revCount"`, new: `"ref": "a b", "rev": "REV", "revCount"`, want: refused},
	{old: `"ref": "main", "rev": "REV", "revCount"`, new: `"ref": "main", "rev": "abc", "revCount"`, want: refused},
	{old: `"owner": "someone", "repo": "colors", "type": "gitlab"`, new: `"owner": null, "repo": "colors", "type": "gitlab"`, want: refused},
	{old: `"owner": "someone", "repo": "colors", "type": "gitlab"`, new: `"repo": "colors", "type": "gitlab"`, want: refused},
	{old: `"owner": "someone", "repo": "colors", "type": "gitlab"`, new: `"owner": "someone", "repo": "colors", "tag": "x", "type": "gitlab"`, want: refused},
	{old: `"owner": "someone", "repo": "colors", "type": "gitlab"`, new: `"owner": "Someone", "repo": "colours", "type": "gitlab"`, want: accepted}, // nobody declares it
	{old: `"owner": "someone", "repo": "pkgs", "rev": "REV"`, new: `"owner": "someone", "ref": "main", "repo": "pkgs", "rev": "REV"`, want: refused},
	{old: `"locked": { "dir": "sub"`, new: `"locked": { "dir": 3`, want: refused},
	{old: `"owner": "someone", "ref": "main", "repo": "pkgs"`, new: `"owner": "Someone", "ref": "main", "repo": "pkgs"`, want: rewritten},
	{old: `"original": { "type": "file"`, new: `"original": { "type": "tarball"`, want: rewritten},
	{old: `"https://example.org/code" }
    },`, new: `"https://example.org/code" },
      "info": { "lastModified": 5 }
    },`, want: accepted},
	{old: `"https://example.org/code" }
    },`, new: `"https://example.org/code" },
      "info": 3
    },`, want: refused},
}

// alone tells what the model says Nix does, whatever the flake.nix: what the lock file alone tells.
func alone(text string) verdict {
	var l LockFile
	l.Read(text)
	return judge(NewAlone(".", &l))
}

// TestLockFormsLikeNix holds the forms against the model and against Nix itself.
func TestLockFormsLikeNix(t *testing.T) {
	o := newOracle(t)
	for _, c := range lockForms {
		text := c.text
		name := fmt.Sprintf("%.60q", c.new)
		if text == "" {
			old := strings.NewReplacer("HASH", someHash, "REV", someRev)
			require.Contains(t, rich(), old.Replace(c.old))
			text = strings.Replace(rich(), old.Replace(c.old), old.Replace(c.new), 1)
		}
		f := New(".", parser.Parse(richFlake), &text)
		assert.Equal(t, c.want, judge(f), "%s: %+v %v", name, f.Changes(), f.LockError)
		got, out := o.ask(o.flake(t, richFiles(text)))
		assert.Equal(t, c.want, got, "%s: Nix says\n%s", name, out)
		if alone(text) != accepted {
			assert.NotEqual(t, accepted, got, "%s, as told of the lock file alone", name)
		}
	}
}

// TestMutatedLocksLikeNix changes tokens and bytes of a lock file and compares what the model and Nix say of the
// result.
func TestMutatedLocksLikeNix(t *testing.T) {
	o := newOracle(t)
	random := rand.New(rand.NewPCG(1, 2))
	text := rich()
	doc, err := parseJSON(text)
	require.Nil(t, err)
	nodes := doc.doc.nodes
	counts := map[verdict]int{}
	for range 250 {
		at := nodes[1+random.IntN(len(nodes)-1)]
		other := nodes[1+random.IntN(len(nodes)-1)]
		piece := text[other.start:other.end]
		mutant := ""
		switch random.IntN(6) {
		case 0, 1: // another scalar
			if other.kind >= jsonArray {
				piece = []string{"null", "3", "true", "\"x\"", "[]", "{}", "-1", "\"\"", "1.5"}[random.IntN(9)]
			}
			mutant = text[:at.start] + piece + text[at.end:]
		case 2: // a whole value
			mutant = text[:at.start] + piece + text[at.end:]
		case 3: // a byte
			i := random.IntN(len(text))
			mutant = text[:i] + string("{}[]:,\"\\x0 \n\x00\x01\xff"[random.IntN(15)]) + text[i+1:]
		case 4: // a byte more or less
			i := random.IntN(len(text))
			mutant = text[:i] + []string{"", "]", "}", ",", "\"", "x", "\\"}[random.IntN(7)] + text[i+random.IntN(2):]
		case 5: // a letter inside a string
			if at.kind != jsonString || at.end-at.start < 3 {
				continue
			}
			i := int(at.start) + 1 + random.IntN(int(at.end-at.start)-2)
			mutant = text[:i] + string("aZ9/-_.:@ %=+~^é"[random.IntN(15)]) + text[i+1:]
		}
		f := New(".", parser.Parse(richFlake), &mutant)
		want, out := o.ask(o.flake(t, richFiles(mutant)))
		counts[want]++
		assert.Equal(t, want, judge(f), "%s\nNix says\n%s\nand we %v %+v", difference(text, mutant), out, f.LockError, f.Changes())
		if alone(mutant) != accepted {
			assert.NotEqual(t, accepted, want, "%s, as told of the lock file alone", difference(text, mutant))
		}
	}
	t.Log(counts)
	for _, v := range []verdict{accepted, rewritten, refused} {
		assert.Positive(t, counts[v], v)
	}
}

// difference returns what is not the same in two texts, and some bytes around.
func difference(a, b string) string {
	from := 0
	for from < len(a) && from < len(b) && a[from] == b[from] {
		from++
	}
	from = max(0, from-30)
	return fmt.Sprintf("%q became %q", a[from:min(len(a), from+90)], b[from:min(len(b), from+90)])
}
