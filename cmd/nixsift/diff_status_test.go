package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/testenv"
)

// TestDiffStatus makes the status of --diff that of the fixes, whatever is found besides.
func TestDiffStatus(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		flags  []string
		status int
		out    string // a part
		errs   string
	}{
		"pending":                         {text: unfixed, status: exitFindings, out: "+  a = ./x/y;\n", errs: "nixsift: would apply 1 fix in 1 file: path-double-slash 1\n"},
		"pending below the gate":          {text: "{ a = ({ }); }\n", flags: []string{"--select", "useless-parens"}, status: exitFindings, out: "+{ a = { }; }\n", errs: "nixsift: would apply 1 fix in 1 file: useless-parens 1\n"},
		"pending, but not to fail":        {text: unfixed, flags: []string{"--exit-zero"}, status: exitClean, out: "+  a = ./x/y;\n", errs: "nixsift: would apply 1 fix in 1 file: path-double-slash 1\n"},
		"a warning that no fix mends":     {text: "{ a = import ./gone.nix; }\n", status: exitClean},
		"an error that no fix mends":      {text: "{ a = nowhere; }\n", status: exitClean},
		"a fix that is not among those":   {text: "{ a = toString /etc/hosts; }\n", flags: []string{"--only", "absolute-path-literal"}, status: exitClean},
		"the same among them":             {text: "{ a = toString /etc/hosts; }\n", flags: []string{"--only", "absolute-path-literal", "--unsafe-fixes"}, status: exitFindings, out: "+{ a = toString \"/etc/hosts\"; }", errs: "nixsift: would apply"},
		"nothing at all":                  {text: "{ }\n", status: exitClean},
		"a file that does not parse":      {text: "{ a = ; b = [ }\n", status: exitUsage, errs: "nixsift: a.nix:1:7: not all fixes are known: "},
		"a syntax error that a fix mends": {text: "{ a = 1 }\n", flags: []string{"--unsafe-fixes"}, status: exitFindings, out: "+{ a = 1; }\n", errs: "nixsift: would apply"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := testenv.Tree(t, map[string]string{"a.nix": c.text})
			for _, call := range [][]string{{"fix", "--diff"}, {"check", "--diff"}, {"check", "--fix", "--diff"}} {
				status, out, errs := nixsift(t, dir, "", append(call, c.flags...)...)
				assert.Equal(t, c.status, status, "%v: %s%s", call, out, errs)
				assert.Contains(t, out, c.out)
				assert.Contains(t, errs, c.errs)
				if c.out == "" {
					assert.Empty(t, out)
				}
			}
		})
	}
}
