package engine_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestSuppressScripts holds where comments stand in CI files and scripts: where the text has <C>, or names in one that is there.
func TestSuppressScripts(t *testing.T) {
	const bad = "nix build --override-input nixpkgs path:./vendor"
	const comment = "# nixsift: ignore[path-override-input] it is a checkout"
	const workflow = "on: push\njobs:\n  x:\n    runs-on: ubuntu-latest\n    steps:\n"
	for name, c := range map[string]struct {
		file, text string
		left       int
	}{
		"a plain command":     {".github/workflows/a.yml", workflow + "      <C>\n      - run: BAD\n", 0},
		"behind its name":     {".github/workflows/a.yml", workflow + "      - name: x\n        <C>\n        run: BAD ${{ github.sha }}\n", 0},
		"words behind":        {".github/workflows/a.yml", workflow + "      <C>\n      - run: BAD # words\n", 0},
		"quoted":              {".github/workflows/a.yml", workflow + "      <C>\n      - run: \"BAD && echo '#'\"\n", 0},
		"a flow mapping":      {".github/workflows/a.yml", workflow + "      <C>\n      - { run: BAD }\n", 0},
		"a block":             {".github/workflows/a.yml", workflow + "      - run: |\n          echo\n          <C>\n          BAD\n          <C>\n          if true; then BAD; fi # words\n", 0},
		"the start of one":    {".github/workflows/a.yml", workflow + "      - run: |-\n          <C>\n          BAD\n", 0},
		"a line goes on":      {".github/workflows/a.yml", workflow + "      - run: |\n          nix build \\\n            --override-input nixpkgs path:./vendor <C>\n", 0},
		"and further":         {".github/workflows/a.yml", workflow + "      - run: |\n          nix build \\\n            --override-input nixpkgs path:./vendor \\\n            --show-trace\n", 1},
		"a folded block":      {".github/workflows/a.yml", workflow + "      - run: >\n          nix build\n          --override-input nixpkgs path:./vendor\n          --show-trace\n", 1},
		"a plain one":         {".github/workflows/a.yml", workflow + "      - run: nix build\n          --override-input nixpkgs path:./vendor\n          --show-trace\n", 1},
		"CRLF":                {".github/workflows/a.yml", strings.ReplaceAll(workflow+"      <C>\n      - run: BAD\n", "\n", "\r\n"), 0},
		"CRLF in a block":     {".github/workflows/a.yml", strings.ReplaceAll(workflow+"      - run: |\n          echo\n          <C>\n          BAD\n", "\n", "\r\n"), 0},
		"an input":            {".github/workflows/a.yml", workflow + "      - uses: x/y@v1\n        with:\n          script: |\n            <C>\n            BAD\n", 0},
		"options in an input": {".github/workflows/a.yml", workflow + "      - uses: x/y@v1\n        with:\n          args: |\n            --show-trace\n            --override-input nixpkgs path:./vendor\n", 1},
		"options in a line":   {".github/workflows/a.yml", workflow + "      - uses: x/y@v1\n        with:\n          <C>\n          args: --override-input nixpkgs path:./vendor\n", 0},
		"a variable":          {".gitlab-ci.yml", "check:\n  variables:\n    FLAGS: |\n      --override-input nixpkgs path:./vendor\n  script:\n    - nix build $FLAGS\n", 1},
		"as a script has it":  {".gitlab-ci.yml", "check:\n  variables:\n    FLAGS: |\n      --override-input nixpkgs path:./vendor\n  script:\n    - |\n      nix build $FLAGS \\\n      --override-input nixpkgs path:./vendor <C>\n", 1},
		"byte order mark":     {".github/workflows/a.yml", "\uFEFF" + workflow + "      <C>\n      - run: BAD\n", 0},
		"two documents":       {".woodpecker.yml", "steps:\n  - name: a\n    image: nix\n    commands:\n      <C>\n      - BAD\n", 0},
		"GitLab":              {".gitlab-ci.yml", "check:\n  script:\n    <C>\n    - BAD\n    - |\n      <C>\n      BAD\n", 0},
		"a comment is there":  {".gitlab-ci.yml", "check:\n  script:\n    # nixsift: ignore[undefined-variable<,>] known<R>\n    - BAD\n", 0},
		"a script":            {"ci/a.sh", "#!/bin/sh\n<C>\nBAD\nf() {\n\t<C>\n\tBAD\n}\n", 0},
		"its first line":      {"ci/a.sh", "<C>\nBAD", 0},
		"a substitution":      {"ci/a.sh", "#!/bin/sh\n<C>\nx=\"$(BAD)\"\n", 0},
		"one of many lines":   {"ci/a.sh", "#!/bin/sh\nx=\"words\n$(BAD)\n\"\n", 1},
		"a text":              {"ci/a.sh", "#!/bin/sh\ncat <<END\n$(BAD)\nEND\n", 1},
		"a pipeline":          {"ci/a.sh", "#!/bin/bash\ntrue |\n  <C>\n  BAD |\n  cat\n", 0},
		"a list":              {"ci/a.sh", "#!/bin/bash\ntrue &&\n  <C>\n  BAD\n", 0},
		"what is no shell":    {"ci/a.sh", "#!/bin/sh\nBAD\nfi (\n", -1},
		"recipes of make":     {"Makefile", "all:\n\tBAD\n", 1},
		"recipes of just":     {"justfile", "all:\n  BAD\n", 1},
		"another shell's own": {"ci/a.fish", "BAD\n", -1},
	} {
		t.Run(name, func(t *testing.T) {
			dir := testenv.Tree(t, nil)
			text := strings.ReplaceAll(c.text, "BAD", bad)
			before := regexp.MustCompile(`(?m)^[ \t]*<C>\r?\n| <C>|<,>|<R>`).ReplaceAllString(text, "")
			path := filepath.Join(dir, c.file)
			overlay := workspace.NewOverlay(workspace.OS)
			overlay.Set(path, []byte(before))
			opts := engine.Options{FS: overlay, Paths: []string{path}, Only: []string{"path-override-input"}}
			out, err := engine.Suppress(t.Context(), opts, engine.Suppressing{Reason: "it is a checkout"})
			require.NoError(t, err)
			if c.left < 0 { // whatever is found stays
				assert.Empty(t, out.Texts)
				return
			}
			after, changes := out.Texts[path]
			assert.Equal(t, text != before, changes)
			if !changes {
				after = before
			}
			assert.Equal(t, strings.NewReplacer("<C>", comment, "<,>", ", path-override-input", "<R>", "; it is a checkout").Replace(text), after)
			assert.Len(t, out.Left, c.left)
			lines := source.NewLineIndex(after)
			for _, l := range out.Left {
				assert.Contains(t, lines.LineSpan(lines.Line(l.After)).Of(after), "path:./vendor")
				assert.Contains(t, l.Why, "no comment can stand there")
				assert.Equal(t, c.file != "Makefile" && c.file != "justfile", strings.Contains(l.Why, "nixsift suppress --file"))
			}
			overlay.Set(path, []byte(after))
			again, err := engine.Suppress(t.Context(), opts, engine.Suppressing{Reason: "it is a checkout"})
			require.NoError(t, err)
			assert.Empty(t, again.Texts, "a second run changes nothing")
			assert.Len(t, again.Result.Findings, c.left)
		})
	}
}
