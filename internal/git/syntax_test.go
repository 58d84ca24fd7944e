package git

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
)

var configs = []string{
	"", "\ufeff[core]\n\tbare = false\n", "[core]bare", "[core] bare = true ; comment\n", "[core]\r\n\tx = y\r\n\tz\r\n",
	"[core]\nx = \"a b\"  c # d\n", "[core]\nx = a\\\n  b \\\n\n", "[core]\nx = \\t\\n\\b\\\\\\\"\n", "[core]\nx = \"  a ; # b  \"  \n",
	"[include]\n\tpath = ~/x\n[includeIf \"gitdir:/a \\\"b\\\" \\\\c\"]\npath=y", "[a.B.c]\nD-1 = 2\n", "[a \"B\"]\n[c]\nd=\n",
	"[core]\nx = a \"b \" \n", "[core]\nx = a\\", "[core]\nx = \"a", "[core", "[core]\n1x = 2\n", "[core]\nx y\n", "[core]\nx = \\q\n", "[]\nx=1\n",
	"[a \"b\nc\"]\n", "[a \"b\" ]\nx=1\n", "[a  \"b\"]\nx=1\n", "[a\t\"b\"]x=1", "# only\n; comments", "[core]\nx = a;b\ny = a#b\n", "[core]\n= 1\n",
	"[core]\nx = a\r b\n", "[core]\nx = \"a\\\nb\"\n", "[a-b]\nc_d = 1\n", "[core]\nx\t= \t 1\t2 \t\n", "[filter \"lfs\"]\n\tclean = git-lfs clean -- %f\n\trequired = true\n",
}

// variables lists what the parser reads, as `git config --null --list` does.
func variables(text string) (list string, err error) {
	var b strings.Builder
	p := configParser{text: []byte(text), line: 1}
	err = p.parse("f", func(name, value string, blank bool) error {
		b.WriteString(name)
		if !blank {
			b.WriteString("\n" + value)
		}
		b.WriteByte(0)
		return nil
	})
	return b.String(), err
}

// TestConfigAgainstGit reads configurations and mutants of them with git, too.
func TestConfigAgainstGit(t *testing.T) {
	home := gittest.Isolate(t)
	file := filepath.Join(home, "config")
	texts := append([]string{}, configs...)
	random := rand.New(rand.NewPCG(1, 2))
	const pieces = "[]\"\\=;# \t\r\nax.-1"
	for len(texts) < 500 {
		text := []byte(configs[random.IntN(len(configs))])
		for range 1 + random.IntN(3) {
			at, c := random.IntN(len(text)+1), pieces[random.IntN(len(pieces))]
			if random.IntN(2) == 0 && at < len(text) {
				text[at] = c
			} else {
				text = append(text[:at], append([]byte{c}, text[at:]...)...)
			}
		}
		texts = append(texts, string(text))
	}
	spaces := strings.NewReplacer("\t", " ", "\r", " ") // versions before 2.45 have them so within values
	read := 0
	for _, text := range texts {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
		out, gitErr := exec.Command(gittest.Program(t), "config", "--file", file, "--null", "--list").Output()
		got, err := variables(text)
		if gitErr != nil {
			assert.Error(t, err, "%q", text)
			continue
		}
		read++
		assert.NoError(t, err, "%q", text)
		assert.Equal(t, spaces.Replace(string(out)), spaces.Replace(got), "%q", text)
	}
	assert.Greater(t, read, 100)
}

func FuzzConfig(f *testing.F) {
	for _, text := range configs {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := variables(text)
		if err != nil && !strings.Contains(err.Error(), " f ") {
			t.Fatal(err)
		}
		if len(list) > 4*len(text)+len(text)*len(text) {
			t.Fatal("more than the text can say")
		}
	})
}
