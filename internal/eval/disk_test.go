package eval

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// copies are expressions with texts of paths that Nix copies, and whether their value is known.
var copies = []struct {
	expr  string
	known bool
}{
	{`import "${./sub}/y.nix"`, true},
	{`import "${./x.nix}"`, true},
	{`import "${./.}/sub/y.nix"`, true},
	{`import ("${./sub}" + "/y.nix")`, true},
	{`import ("" + ./x.nix)`, true},
	{`import "${./sub}/y${".nix"}"`, true},
	{`import "${"${./sub}"}/y.nix"`, true},
	{`import (toString ./sub + "/y.nix")`, true},
	{`import "${self}/sub/y.nix"`, true},
	{`builtins.readFile "${./x.nix}"`, true},
	{`builtins.readDir "${./sub}"`, true},
	{`builtins.pathExists "${./sub}/y.nix"`, true},
	{`builtins.pathExists "${./sub}/gone.nix"`, true},
	{`baseNameOf ./x.nix`, true},
	{`baseNameOf (toString ./x.nix)`, true},
	{`toString ./x.nix == "${toString ./.}/x.nix"`, true},
	{`baseNameOf "${./x.nix}"`, false},
	{`baseNameOf "${./x.nix}" == "x.nix"`, false},
	{`"${./x.nix}" == toString ./x.nix`, false},
	{`"${./.}" == "${self}"`, false},
	{`"${./x.nix}" == "${./sub}"`, false},
	{`"${./x.nix}" < "${./sub}"`, false},
	{`builtins.stringLength "${./x.nix}"`, false},
	{`builtins.substring 0 40 "${./x.nix}"`, false},
	{`builtins.substring 0 11 (builtins.concatStringsSep ":" [ ./x.nix ])`, false},
	{`dirOf "${./x.nix}"`, false},
	{`builtins.replaceStrings [ "x" ] [ "y" ] (baseNameOf "${./x.nix}")`, false},
	{`builtins.match ".*-x.nix" "${./x.nix}" == null`, false},
	{`builtins.pathExists "${./sub}/../x.nix"`, false},
	{`builtins.pathExists "${./x}.nix"`, false},
	{`builtins.pathExists "${./sub}y.nix"`, false},
	{`builtins.attrNames { ${builtins.unsafeDiscardStringContext "${./x.nix}"} = 1; }`, false},
	{`{ "x.nix" = 1; }.${builtins.unsafeDiscardStringContext (baseNameOf "${./x.nix}")} or 2`, false},
}

// TestCopies holds against Nix what is known of texts with paths in them: what is read by them, and nothing of the texts themselves.
func TestCopies(t *testing.T) {
	files := map[string]string{"x.nix": "1", "x": "", "sub/y.nix": "2", "suby.nix": "3"}
	var outputs strings.Builder
	for i, c := range copies {
		fmt.Fprintf(&outputs, "r%d = %s;\n", i, c.expr)
	}
	files["flake.nix"] = "{ outputs = { self }: { all = {\n" + outputs.String() + "}; }; }"
	dir := testenv.Tree(t, files)
	out, err := testenv.NewNix(t).Run(dir, "eval", "--json", "path:"+dir+"#all")
	require.NoError(t, err, out)
	out = out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:]
	var nix map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &nix), out)

	for i, c := range copies {
		ev := NewEvaluation()
		ev.Texts = true
		ev.Import = func(path string) *Code {
			text, err := os.ReadFile(path)
			if err != nil {
				return nil
			}
			return Lower(parser.Parse(string(text)), path, nil)
		}
		ev.Disk = &Disk{
			List: func(dir string) (map[string]string, bool) {
				return map[string]string{"y.nix": "regular"}, filepath.Base(dir) == "sub"
			},
			Exists:   func(path string) (exists, known bool) { _, err := os.Stat(path); return err == nil, true },
			Text:     func(path string) (string, bool) { text, err := os.ReadFile(path); return string(text), err == nil },
			MaxFiles: 10,
		}
		v := valueOf(t, ev, dir, strings.ReplaceAll(c.expr, "${self}", dir))
		v = v.only(Anything &^ Failures)
		require.NotNil(t, v, c.expr)
		text, known := literal(ev, v, 0)
		assert.Equal(t, c.known, known, c.expr)
		if known {
			nixText, err := json.Marshal(nix[fmt.Sprintf("r%d", i)])
			require.NoError(t, err)
			ours := strings.NewReplacer(`{ "y.nix" = "regular"; }`, `{"y.nix":"regular"}`, "[ ", "[", " ]", "]").Replace(text)
			assert.Equal(t, string(nixText), ours, c.expr)
		}
	}
}
