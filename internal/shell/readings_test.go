package shell

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestReadings: the texts that words may have, each variable with one of its values, and where those stand.
func TestReadings(t *testing.T) {
	const job = "on: push\njobs:\n  a:\n    "
	for _, c := range []struct{ name, path, text, want string }{
		{"matrix", "ci.yml", job + "strategy:\n      matrix:\n        host: [web, db]\n    steps:\n      - run: nix build .#${{ matrix.host }}\n",
			".#web=web .#db=db"},
		{"two of a matrix", "ci.yml", job + "strategy: { matrix: { host: [web, db], os: [x, y] } }\n    steps:\n      - run: nix build .#${{ matrix.os }}.${{matrix.host}}\n",
			".#x.web=x,web .#x.db=x,db .#y.web=y,web .#y.db=y,db"},
		{"include and exclude", "ci.yml", job + "strategy:\n      matrix:\n        host: [web, db]\n        include: [{ host: extra }]\n        exclude: [{ host: db }]\n    steps:\n      - run: nix build .#${{ matrix.host }}\n",
			".#web=web .#extra=extra"},
		{"computed matrix", "ci.yml", job + "strategy: { matrix: { host: \"${{ fromJSON(x) }}\" } }\n    steps:\n      - run: nix build .#${{ matrix.host }}\n", ""},
		{"from env to env", "ci.yml", job + "strategy: { matrix: { host: [web] } }\n    env: { H: \"${{ matrix.host }}\" }\n    steps:\n      - run: nix build .#p.$H.q\n        env: { H: \"x${{ env.H }}\" }\n",
			".#p.xweb.q=x${{ env.H }},web"},
		{"choices", "ci.yml", "on:\n  workflow_dispatch:\n    inputs:\n      host: { type: choice, options: [web, db], default: db }\njobs:\n  a:\n    steps:\n      - run: nix build .#${{ inputs.host }}\n",
			".#db=db .#web=web .#db=db"},
		{"anchors", "ci.yml", job + "strategy: { matrix: { host: [web] } }\n    steps: &s\n      - run: nix build .#${{ matrix.host }}\n  b:\n    strategy: { matrix: { host: [db] } }\n    steps: *s\n",
			".#web=web .#db=db"},
		{"loop", "x.sh", "for h in web \"db\" $(list) $OTHER; do nix build .#$h; done", ".#web=web .#db=\"db\""},
		{"loop over an array", "x.sh", "hosts=(web db)\nhosts+=(more)\nfor h in \"${hosts[@]}\"; do nix build .#${h}; done", ".#web=web .#db=db .#more=more"},
		{"loop over a list", "x.sh", "HOSTS=\"web db\"\nfor h in $HOSTS; do nix build .#${h}; done", ".#web=web .#db=db"},
		{"loops in a loop", "x.sh", "for a in x y; do for b in 1 2; do nix build .#$a.$b; done; done", ".#x.1=x,1 .#x.2=x,2 .#y.1=y,1 .#y.2=y,2"},
		{"braces", "x.sh", "nix build .#{web,db}.x", ".#web.x=web .#db.x=db"},
		{"braces in a loop", "x.sh", "for h in {web,db}; do nix build .#$h; done", ".#web=web .#db=db"},
		{"quoted braces", "x.sh", "nix build '.#{web,db}'", ".#{web,db}="},
		{"default", "x.sh", "nix build .#${1:-web}", ".#web=web"},
		{"variable with a default", "x.sh", "H=${1:-web}\nnix build .#$H", ".#web=web"},
		{"alternative", "x.sh", "nix build .#${1:+web}", ""},
		{"function", "x.sh", "b() { nix build .#$1; }\nb web\nb db\nb \"$X\"\n", ".#web=web .#db=db"},
		{"function that shifts", "x.sh", "b() { shift; nix build .#$1; }\nb web db\n", ""},
		{"set more than once", "x.sh", "H=none\ncase $1 in a) H=web;; b) H=db;; esac\nnix build .#$H.x", ".#web.x=web .#db.x=db"},
		{"appended", "x.sh", "H=web\nH+=x\nnix build .#$H.x", ""},
		{"several words", "x.sh", "H=\"web db\"\nnix build .#$H", ""},
		{"unknown beside", "x.sh", "nix build .#$1.$2", ""},
		{"itself", "x.sh", "H=$H$H\nnix build .#$H.x", ""},
		{"gitlab", ".gitlab-ci.yml", "variables: { H: top }\na:\n  parallel:\n    matrix:\n      - H: [web, db]\n        S: x\n      - H: more\n  script:\n    - nix build .#$H\n", ".#web=web .#db=db .#more=more"},
		{"gitlab, extended", ".gitlab-ci.yml", "variables: { H: top }\n.b:\n  script: nix build .#$H\na:\n  extends: .b\n  variables: { H: web }\nc:\n  extends: [.b]\n  variables: { H: db }\n", ".#web=web .#db=db"},
		{"woodpecker", ".woodpecker.yml", "matrix:\n  H: [web, db]\nsteps:\n  a:\n    commands: [\"nix build .#${H}\"]\n", ".#web=web .#db=db"},
		{"circle", ".circleci/config.yml", "jobs:\n  b:\n    parameters: { host: { type: string, default: one }, k: { type: enum, enum: [p] } }\n    steps:\n      - run: nix build .#<< parameters.host >>.<<parameters.k>>\n" +
			"workflows:\n  w:\n    jobs:\n      - b: { host: two }\n      - b: { matrix: { parameters: { host: [three] } } }\n", ".#one.p=one,p .#two.p=two,p .#three.p=three,p"},
		{"buildkite", ".buildkite/p.yml", "steps:\n  - command: nix build .#{{matrix}}\n    matrix: [web, db]\n", ".#web=web .#db=db"},
		{"buildkite, named", ".buildkite/p.yml", "steps:\n  - command: nix build .#{{ matrix.h }}\n    matrix: { setup: { h: [web, db] } }\n", ".#web=web .#db=db"},
		{"azure", "azure-pipelines.yml", "parameters:\n- name: p\n  default: one\n  values: [two]\njobs:\n- job: a\n  strategy:\n    matrix:\n      x: { host: web }\n      y: { host: db }\n  steps:\n  - script: nix build .#$(host).${{ parameters.p }}\n",
			".#web.one=web,one .#web.two=web,two .#db.one=db,one .#db.two=db,two"},
		{"travis", ".travis.yml", "env:\n  jobs:\n    - H=web\n    - H=db\nscript: nix build .#$H\n", ".#web=web .#db=db"},
		{"make", "Makefile", "H ?= web\na:\n\tnix build .#$(H)\n", ".#web=web"},
		{"make, braces", "Makefile", "H := web\nI = $(H)\na:\n\tnix build .#${I}.$${H}.x\nb:\n\tnix build .#${I}\n", ".#web=web"},
		{"just", "justfile", "h := \"web\"\na:\n  nix build .#{{h}}\n", ".#web=web"},
		{"task", "Taskfile.yml", "vars: { H: web }\ntasks:\n  a: nix build .#{{.H}}\n", ".#web=web"},
		{"docker", "Dockerfile", "ARG H=web\nRUN nix build .#$H\n", ".#web=web"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := c.path
			if path == "ci.yml" {
				path = ".github/workflows/ci.yml"
			}
			d := ReadScript(path, c.text)
			if IsCI(path) {
				d = ReadCI(path, c.text)
			}
			var got []string
			for s, cmd := range d.Commands() {
				if cmd.Name != "nix" {
					continue
				}
				for _, r := range s.Readings(cmd, &cmd.Args[len(cmd.Args)-1]) {
					var values []string
					for _, v := range r.Values(false) {
						values = append(values, d.Text[v.Start:v.End])
					}
					got = append(got, r.Text+"="+strings.Join(values, ","))
				}
			}
			assert.Equal(t, c.want, strings.Join(got, " "))
		})
	}
}

// TestPlaceOf: where a part of a reading stands, or the value that it comes from.
func TestPlaceOf(t *testing.T) {
	d := ReadScript("x.sh", "for h in web; do nix build .#pre-$h.q; done")
	for s, cmd := range d.Commands() {
		r := s.Readings(cmd, &cmd.Args[1])[0]
		at := func(part string) (string, bool, string) {
			i := strings.Index(r.Text, part)
			p := r.PlaceOf(i, i+len(part))
			return d.Text[p.Span.Start:p.Span.End], p.Exact, p.Variable
		}
		for _, want := range []struct {
			part, text, variable string
			exact                bool
		}{{"pre", "pre", "", true}, {"we", "we", "h", true}, {"pre-web", "web", "h", false}, {".q", ".q", "", true}} {
			text, exact, variable := at(want.part)
			assert.Equal(t, want.text, text)
			assert.Equal(t, want.exact, exact)
			assert.Equal(t, want.variable, variable)
		}
	}
}

// TestReadingsAreBounded: variables that lead to more and more values end without an answer.
func TestReadingsAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 20 {
		next := "$v" + string(rune('a'+i+1))
		b.WriteString("v" + string(rune('a'+i)) + "=" + next + next + "\n")
	}
	b.WriteString("for x in 1 2 3 4 5 6 7 8 9; do nix build .#$x$x$x$x$va; done\n")
	d := ReadScript("x.sh", b.String())
	for s, cmd := range d.Commands() {
		if cmd.Name == "nix" {
			assert.Empty(t, s.Readings(cmd, &cmd.Args[1]))
		}
	}
}
