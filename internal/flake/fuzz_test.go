package flake

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/nixsift/nixsift/parser"
)

// FuzzFlake reads any flake.nix and flake.lock: nothing panics, and what an edit makes of a flake.nix
// without errors has none and says what it should.
func FuzzFlake(f *testing.F) {
	for _, c := range insertCases {
		f.Add(c.src, engineLock)
	}
	f.Fuzz(checkEdits)
}

// checkEdits makes every insertion and removal that the model offers.
func checkEdits(t *testing.T, src, lock string) {
	model := New(".", parser.Parse(src), &lock)
	use(model)
	if len(model.Nix.Tree.Errors()) > 0 {
		return
	}
	for _, root := range model.Nix.Inputs {
		for in := range root.All() {
			if edits, ok := InsertFollows(in, "zz-new", "some/target"); ok {
				after := parser.Parse(apply(src, edits))
				if len(after.Errors()) > 0 {
					t.Fatalf("%q: %v", after.Source(), after.Errors())
				}
				over := find(ReadNix(after), append(in.Path, "zz-new"))
				if over == nil || over.Follows == nil || over.Follows.Text != "some/target" {
					t.Fatalf("%q has no override", after.Source())
				}
			}
			if edits, ok := RemoveOverride(in); ok {
				after := parser.Parse(apply(src, edits))
				if len(after.Errors()) > 0 || find(ReadNix(after), in.Path) != nil {
					t.Fatalf("%q: %v", after.Source(), after.Errors())
				}
			}
		}
	}
}

// find returns the input or override with the path, or nil.
func find(n *Nix, path []string) *Input {
	in := n.Input(path[0])
	for _, name := range path[1:] {
		if in == nil {
			return nil
		}
		in = in.Override(name)
	}
	return in
}

// TestMutatedFlakes moves, drops and repeats tokens of flakes, and puts comments and line ends between
// them: what still parses is odd but legal.
func TestMutatedFlakes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var tokens []string
	for _, c := range insertCases {
		tree := parser.Parse(c.src)
		for i := range tree.NumTokens() {
			tokens = append(tokens, tree.Token(i).Text())
		}
	}
	legal := 0
	for range 300 {
		for _, c := range insertCases {
			tree := parser.Parse(c.src)
			var parts []string
			for i := range tree.NumTokens() {
				parts = append(parts, tree.Token(i).Text())
			}
			for range 1 + random.IntN(3) {
				i, j := random.IntN(len(parts)), random.IntN(len(parts))
				switch random.IntN(6) {
				case 0:
					parts[i] = ""
				case 1:
					parts[i], parts[j] = parts[j], parts[i]
				case 2:
					parts[i] += parts[j]
				case 3:
					parts[i] = tokens[random.IntN(len(tokens))]
				case 4:
					parts[i] += []string{"\n", " ", "# c\n", "/* c */", "/* c\n*/", "\r\n", "\t", ";", "{ }"}[random.IntN(9)]
				case 5:
					if end := min(i+random.IntN(12), len(parts)); j < i {
						parts[j] += strings.Join(parts[i:end], "")
					}
				}
			}
			src := strings.Join(parts, "")
			if len(parser.Parse(src).Errors()) == 0 {
				legal++
			}
			checkEdits(t, src, "{}")
		}
	}
	t.Logf("%d legal files", legal)
}
