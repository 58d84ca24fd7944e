package shell

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/growth"
)

// chain is a script in which n variables lead from the arguments of nix to their text; each is made of the one before by a
// format.
func chain(n int, format string) string {
	var b strings.Builder
	b.WriteString("x0=\"--override-input a path:../b\"\n")
	for i := range n {
		fmt.Fprintf(&b, format+"\n", i+1, i)
	}
	fmt.Fprintf(&b, "nix build $x%d\n", n)
	return b.String()
}

// chained reports whether the arguments of nix hold the text, and whether something of them is told as unread.
func chained(d *Doc) (found, told bool) {
	for s, c := range d.Commands() {
		for _, w := range c.Args {
			for _, w := range append([]Word{w}, w.Alts...) {
				found = found || c.Name == "nix" && w.Text == "path:../b"
			}
		}
		for _, cut := range s.Cuts {
			_, _, ok := d.Mention(cut.Unread, []string{"path:."})
			told = told || ok && cut.Program == "nix"
		}
	}
	return found, told
}

func TestChains(t *testing.T) {
	makefile := func(n int, format string) string {
		var b strings.Builder
		b.WriteString("X0 = --override-input a path:../b\n")
		for i := range n {
			fmt.Fprintf(&b, format+"\n", i+1, i)
		}
		fmt.Fprintf(&b, "all:\n\tnix build $(X%d)\n", n)
		return b.String()
	}
	for _, c := range []struct {
		name, file, text string
		found, told      bool
	}{
		{"short", "a.sh", chain(8, `x%d="$x%d"`), true, false},
		{"long", "a.sh", chain(16, `x%d="$x%d"`), true, false},
		{"very long", "a.sh", chain(10_000, `x%d="$x%d"`), true, false},
		{"without quotes", "a.sh", chain(1000, `x%d=$x%d`), true, false},
		{"defaults", "a.sh", chain(50, `x%d=${x%d:-y}`), true, false},
		{"too long", "a.sh", chain(maxVariables+1, `x%d="$x%d"`), false, true},
		{"doubled", "a.sh", chain(9, `x%d="$x%[2]d $x%[2]d"`), true, false},
		{"doubled too often", "a.sh", chain(40, `x%d="$x%[2]d $x%[2]d"`), false, true},
		{"arrays", "a.sh", chain(40, `x%d=(${x%[2]d[@]} ${x%[2]d[@]})`), false, true},
		{"make", "Makefile", makefile(1000, "X%d = $(X%d)"), true, false},
		{"make, doubled too often", "Makefile", makefile(40, "X%d = $(X%[2]d) $(X%[2]d)"), false, true},
		{"round", "a.sh", "x=\"$y\"\ny=\"$x --override-input a path:../b\"\nnix build $x $y\n", true, false},
		{"onto itself", "a.sh", "x=\"$x --override-input a path:../b\"\ny=$x\nnix build $y $x\n", true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, told := chained(ReadScript(c.file, c.text))
			if !c.told {
				assert.Equal(t, c.found, found)
			}
			assert.Equal(t, c.told, told)
		})
	}
}

// TestCutsOfOthers holds that what is cut is told for programs apart, and with what leads to them only.
func TestCutsOfOthers(t *testing.T) {
	text := "y0=path:./y\n" + strings.ReplaceAll(chain(40, `x%d="$x%[2]d $x%[2]d"`), "nix build", "echo")
	d := ReadScript("a.sh", text+"nix build $x40\nz0=a\nz1=\"$z0 $z0\"\nnix build $z1\n")
	cuts := d.Scripts[0].Cuts
	if assert.Len(t, cuts, 2) {
		for i, program := range []string{"echo", "nix"} {
			assert.Equal(t, program, cuts[i].Program)
			assert.Len(t, cuts[i].Unread, 42)
		}
	}
}

func TestChainsAreLinear(t *testing.T) {
	growth.Memory(t, "a chain", 1000, func(n int) func() {
		text := chain(n, `x%d="$x%d"`)
		return func() { ReadScript("a.sh", text) }
	})
	growth.Memory(t, "a chain that is used at each step", 1000, func(n int) func() {
		text := chain(n, "x%d=\"$x%d\"; nix build $x%[1]d")
		return func() { ReadScript("a.sh", text) }
	})
	growth.Memory(t, "cuts", 100, func(n int) func() {
		text := chain(n, `x%d="$x%[2]d $x%[2]d"; nix build $x%[1]d`)
		return func() { ReadScript("a.sh", text) }
	})
}

// TestDoubledValues holds that a value which is doubled over and over yields words in proportion to the text, and not to what
// the shell would make of it.
func TestDoubledValues(t *testing.T) {
	doubled := func(n int, end string) string {
		var b strings.Builder
		b.WriteString("a0=\"nix build .#x\"\n")
		for i := range n {
			fmt.Fprintf(&b, "a%d=\"$a%d $a%[2]d\"; ", i+1, i)
		}
		fmt.Fprintf(&b, "\n"+end+"\n", n)
		return b.String()
	}
	made := func(n int) string {
		var b strings.Builder
		b.WriteString("X0 = nix build .#x\n")
		for i := range n {
			fmt.Fprintf(&b, "X%d = $(X%d) $(X%[2]d)\n", i+1, i)
		}
		fmt.Fprintf(&b, "all:\n\t$(X%d)\n", n)
		return b.String()
	}
	just := func(n int) string {
		var b strings.Builder
		b.WriteString("x0 := \"nix build .#x\"\n")
		for i := range n {
			fmt.Fprintf(&b, "x%d := \"$x%d $x%[2]d\"\n", i+1, i)
		}
		fmt.Fprintf(&b, "all:\n    {{x%d}}\n", n)
		return b.String()
	}
	for name, of := range map[string]struct {
		file string
		text func(n int) string
	}{
		"words": {"a.sh", func(n int) string { return doubled(n, "$a%d") }},
		"eval":  {"a.sh", func(n int) string { return doubled(n, `eval "$a%d"`) }},
		"shell": {"a.sh", func(n int) string { return doubled(n, `sh -c "$a%d"`) }},
		"make":  {"Makefile", made},
		"just":  {"justfile", just},
	} {
		for n := range 64 {
			text := of.text(n)
			words := 0
			for _, c := range ReadScript(of.file, text).Commands() {
				words += 1 + len(c.Args)
			}
			assert.LessOrEqual(t, words, minFuel+2*len(text), "%s %d", name, n)
		}
		growth.Memory(t, name, 12, func(n int) func() {
			text := of.text(n)
			return func() { ReadScript(of.file, text) }
		})
	}
}

// TestManyAssignments holds that what is done for each word of a command does not grow with the assignments to the variable that
// it comes from, and that functions which call each other are not followed for each of them apart.
func TestManyAssignments(t *testing.T) {
	lines := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format+"\n", i)
		}
		return b.String()
	}
	readings := func(text string) {
		d := ReadScript("a.sh", text)
		for s, c := range d.Commands() {
			if c.Name != "nix" {
				continue
			}
			for _, w := range c.Args {
				s.Readings(c, &w)
				s.Lookup(strings.TrimPrefix(w.Text, "$"))
			}
		}
	}
	for name, format := range map[string]string{
		"a variable that grows": `args="$args --foo %d"`,
		"conditions":            `if a; then args="$args %[1]d"; else args="$args x%[1]d"; fi`,
	} {
		growth.Memory(t, name, 300, func(n int) func() {
			text := lines(n, format) + "nix build $args\n"
			return func() { readings(text) }
		})
	}
	growth.Memory(t, "functions", 200, func(n int) func() {
		var b strings.Builder
		b.WriteString("f0() { nix build $1; }\n")
		for i := range n {
			fmt.Fprintf(&b, "f%d() { f%d \"$1\"; f%[2]d \"$@\"; }\n", i+1, i)
		}
		fmt.Fprintf(&b, "f%d .#x\n", n)
		return func() { readings(b.String()) }
	})
}

func TestTooManyAssignments(t *testing.T) {
	text := strings.Repeat("x=a\n", maxAssigned) + "nix build $x\n"
	_, known := ReadScript("a.sh", text).Scripts[0].Lookup("x")
	assert.True(t, known)
	_, known = ReadScript("a.sh", "x=a\n"+text).Scripts[0].Lookup("x")
	assert.False(t, known)
}

func TestExtendsIsLinear(t *testing.T) {
	growth.Time(t, "jobs that extend each other", 800, func(n int) func() {
		var b strings.Builder
		b.WriteString("j0:\n  script: [nix build .#x]\n")
		for i := range n {
			fmt.Fprintf(&b, "j%d:\n  extends: [j%d]\n", i+1, i)
		}
		return func() { ReadCI(".gitlab-ci.yml", b.String()) }
	})
}
