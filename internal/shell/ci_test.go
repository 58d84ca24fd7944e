package shell

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
)

// list writes the scripts one a line, with what surrounds them.
func list(d *Doc) string {
	var b strings.Builder
	for _, s := range d.Scripts {
		fmt.Fprintf(&b, "%s %s job=%s step=%s dir=%s", s.Source, s.Shell, s.Job, s.Step, s.WorkingDir)
		for _, e := range s.Env {
			fmt.Fprintf(&b, " %s=%s", e.Name, e.Words[0].Text)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func lineOf(text string, s source.Span) int { return source.NewLineIndex(text).Line(s.Start) }

func TestWorkflow(t *testing.T) {
	text := `name: CI
on:
  workflow_call:
    inputs:
      extra: { default: "--override-input in path:../in" }
env:
  FLAGS: --override-input top path:../top
  ONE: 1
defaults:
  run: { working-directory: sub }
jobs:
  first:
    runs-on: ${{ matrix.os }}
    strategy:
      matrix:
        os: [ubuntu-latest, macos-latest]
        args: [ "--a b", "--c" ]
        conf:
          - name: x
            opts: --override-input m path:../m
        include:
          - os: ubuntu-latest
            dep: path:../dep
    env: { JOB: "j" }
    steps:
      - uses: actions/checkout@v4
      - name: build it
        env:
          FLAGS: >-
            --override-input step
            path:../step
        working-directory: deep
        run: nix build $FLAGS
      - run: nix build $FLAGS ${{ env.FLAGS }} "${{ env.ONE }}"
      - run: nix build ${{ matrix.args }} ${{ matrix.conf.opts }} --override-input d "${{ matrix.dep }}"
      - run: nix build ${{ inputs.extra }} ${{ secrets.X || 'a }} b' }} .#${{ matrix.os }}
      - shell: pwsh
        run: nix build nope
      - shell: nix develop --override-input dev path:./dev -c bash -e {0}
        run: nix build in-dev
      - shell: python3 {0}
        run: |
          import nix
  windows:
    runs-on: windows-latest
    defaults: { run: { working-directory: job } }
    steps:
      - run: nix build nope
      - run: nix build yes
        shell: sh
  reuse:
    uses: ./.github/workflows/other.yml
    with:
      nix-args: --override-input w path:../w
`
	for kind, text := range variants(text) {
		t.Run(kind, func(t *testing.T) {
			d := ReadCI(".github/workflows/ci.yml", text)
			require.Empty(t, d.Problems)
			assert.Equal(t, GitHubWorkflow, d.System)
			env := " FLAGS=--override-input top path:../top ONE=1 JOB=j"
			assert.Equal(t, "github run bash job=first step=build it dir=deep"+env+" FLAGS=--override-input step path:../step\n"+
				"github run bash job=first step= dir=sub"+env+"\n"+
				"github run bash job=first step= dir=sub"+env+"\n"+
				"github run bash job=first step= dir=sub"+env+"\n"+
				"github run pwsh job=first step= dir=sub"+env+"\n"+
				"github shell bash job=first step= dir="+env+"\n"+
				"github run bash job=first step= dir=sub"+env+"\n"+
				"github shell bash job=first step= dir="+env+"\n"+
				"github run python3 job=first step= dir=sub"+env+"\n"+
				"github run pwsh job=windows step= dir=job FLAGS=--override-input top path:../top ONE=1\n"+
				"github run sh job=windows step= dir=job FLAGS=--override-input top path:../top ONE=1\n",
				list(d))
			assert.Equal(t, `nix|build|--override-input^FLAGS|step^FLAGS|path:../step^FLAGS
nix|build|--override-input^FLAGS|top^FLAGS|path:../top^FLAGS|--override-input^env.FLAGS|top^env.FLAGS|path:../top^env.FLAGS|1^env.ONE
nix|build|--a^matrix.args|b^matrix.args|--c^matrix.args|--override-input^matrix.conf.opts|m^matrix.conf.opts|path:../m^matrix.conf.opts|--override-input|d|path:../dep^matrix.dep
nix|build|--override-input^inputs.extra|in^inputs.extra|path:../in^inputs.extra|${{ secrets.X || 'a }} b' }}|.#${{ matrix.os }}
nix|develop|--override-input|dev|path:./dev|-c
bash|-e|{0}
nix|build|in-dev
python3|{0}
nix|build|yes
`, render(d))
			for _, c := range d.Commands() {
				for _, w := range c.Args {
					checkWord(t, kind, text, w)
				}
			}
			assert.Equal(t, []Call{{Path: ".github/workflows/other.yml", Span: d.Calls[0].Span, Uses: true}}, d.Calls)
			assert.Equal(t, "./.github/workflows/other.yml", d.Calls[0].Span.Of(text))
			require.Len(t, d.Inputs, 1)
			in := d.Inputs[0]
			assert.Equal(t, "nix-args", in.Name)
			require.Len(t, in.Words, 3)
			assert.Equal(t, "path:../w", in.Words[2].Span.Of(text))
		})
	}
}

func TestActionInputsAndCalls(t *testing.T) {
	text := `inputs:
  flags:
    default: '--override-input i path:../i'
runs:
  using: composite
  steps:
    - run: |
        ./ci/build.sh --x
        bash -e scripts/x.sh
        "$GITHUB_WORKSPACE"/ci/y.sh; . ./lib.sh
        source ${{ github.action_path }}/z.sh
        /usr/bin/true; ~/bin/x; ../out.sh; "$X/a.sh"; ./ci/*.sh
        nix develop -c ./ci/build.sh
      working-directory: ${{ github.workspace }}/app
      shell: bash
    - uses: ./.github/actions/setup
      with:
        nix_args: |
          --override-input dep path:../dep
          ${{ inputs.flags }} "quoted one"
        extra_nix_config: sandbox = true
    - uses: someone/retry@v1
      with:
        command: sudo nix build ${{ inputs.flags }}
    - uses: actions/github-script@v7
      with:
        script: nix('--override-input', 'a')
`
	d := ReadCI("actions/a/action.yml", text)
	require.Empty(t, d.Problems)
	assert.Equal(t, GitHubAction, d.System)
	var calls []string
	for _, c := range d.Calls {
		calls = append(calls, fmt.Sprintf("%d %s %v", lineOf(text, c.Span), c.Path, c.Uses))
	}
	assert.Equal(t, []string{"8 app/ci/build.sh false", "9 app/scripts/x.sh false", "10 ci/y.sh false", "10 app/lib.sh false",
		"11 actions/a/z.sh false", "12 out.sh false", "13 app/ci/build.sh false", "16 .github/actions/setup true"}, calls)
	words := map[string]string{}
	for _, in := range d.Inputs {
		var ws []string
		for _, w := range in.Words {
			ws = append(ws, renderWord(w))
			checkWord(t, in.Name, text, w)
		}
		words[in.Name] = strings.Join(ws, "|")
	}
	assert.Equal(t, map[string]string{
		"nix_args": "--override-input|dep|path:../dep|--override-input^inputs.flags|i^inputs.flags|path:../i^inputs.flags|quoted one",
		"command":  "", "extra_nix_config": "", "script": "nix",
	}, words)
	assert.Contains(t, render(d), "nix|build|--override-input^inputs.flags|i^inputs.flags|path:../i^inputs.flags\n")
}

func TestStepOutputs(t *testing.T) {
	text := `jobs:
  a:
    steps:
      - id: args
        run: |
          args=""
          if x; then args="--override-input a path:../a"; fi
          echo "nix-args=$args" >> $GITHUB_OUTPUT
          echo "EXTRA=--impure" >> "$GITHUB_ENV"
      - run: nix build ${{ steps.args.outputs.nix-args }} $EXTRA
  b:
    steps:
      - run: nix build ${{ steps.args.outputs.nix-args }} $EXTRA
`
	got := render(ReadCI(".github/workflows/ci.yml", text))
	via := "^steps.args.outputs.nix-args"
	assert.Contains(t, got, "nix|build|--override-input"+via+"|a"+via+"|path:../a"+via+"|--impure^EXTRA\n")
	assert.Contains(t, got, "nix|build|${{ steps.args.outputs.nix-args }}|$EXTRA\n")
}

func TestAnchors(t *testing.T) {
	text := `x-env: &env { FLAGS: --override-input e path:../e }
x-job: &job
  env: *env
  steps: &steps
    - &build
      name: build
      run: nix build $FLAGS
    - <<: *build
      name: again
    - <<: [*build, {shell: pwsh}]
      run: nix build nope
jobs:
  one: *job
  two:
    <<: *job
    env: {}
  three:
    steps: *steps
  four:
    steps:
      - *build
      - name: own
        run: nix build own
`
	d := ReadCI(".github/workflows/ci.yml", text)
	require.Empty(t, d.Problems)
	assert.Equal(t, "nix|build|--override-input^FLAGS|e^FLAGS|path:../e^FLAGS\nnix|build|own\n", render(d))
	assert.Equal(t, 7, lineOf(text, d.Scripts[0].Commands[0].Span))
	assert.Equal(t, "one", d.Scripts[0].Job)
}

func TestGitLab(t *testing.T) {
	text := `include:
  - local: /ci/base.yml
  - 'https://example.org/x.yml'
variables:
  FLAGS: "--override-input g path:../g"
  OTHER: { value: "--o", description: x }
default:
  before_script:
    - export SETUP="--setup"
.base: &lines
  - nix build base
.job:
  script: nix build hidden $SETUP
job:
  extends: .job
  variables: { LOCAL: path:../l }
  before_script:
    - args=(--override-input a path:../a)
  script:
    - *lines
    - [ "nix build $FLAGS $OTHER", [ 'nix build "${args[@]}"' ] ]
    - !reference [.job, script]
    - |
      nix build --override-input l "$LOCAL" \
        $[[ inputs.x ]] $SETUP
    - nix build >
      file
    - "echo 'a: b'"
  after_script:
    - *lines
    - ./ci/after.sh
other:
  script: *lines
  trigger: { include: ci/child.yml }
`
	for kind, text := range variants(text) {
		t.Run(kind, func(t *testing.T) {
			d := ReadCI(".gitlab-ci.yml", text)
			require.Empty(t, d.Problems)
			assert.Equal(t, `export
nix|build|hidden|--setup^SETUP
nix|build|base
nix|build|--override-input^FLAGS|g^FLAGS|path:../g^FLAGS|--o^OTHER
nix|build|--override-input^args|a^args|path:../a^args
nix|build|--override-input|l|path:../l^LOCAL|$[[ inputs.x ]]|--setup^SETUP
nix|build
echo|a: b
after.sh
`, "export\n"+render(d))
			for _, c := range d.Commands() {
				for _, w := range c.Args {
					checkWord(t, kind, text, w)
				}
			}
			var calls []string
			for _, c := range d.Calls {
				calls = append(calls, c.Path)
			}
			assert.Equal(t, []string{"ci/base.yml", "ci/after.sh", "ci/child.yml"}, calls)
		})
	}
}

func TestWoodpecker(t *testing.T) {
	text := `when: { event: push }
environment:
  FLAGS: --override-input w path:../w
steps:
  build:
    image: nixos/nix
    directory: sub
    environment: [ "MORE=--override-input m path:../m", X=1 ]
    commands:
      - nix build $FLAGS
      - nix build $MORE
  other:
    commands: nix build one
---
pipeline:
  - name: listed
    commands:
      - nix build two
`
	d := ReadCI(".woodpecker/build.yml", text)
	require.Empty(t, d.Problems)
	assert.Equal(t, "nix|build|--override-input^FLAGS|w^FLAGS|path:../w^FLAGS\nnix|build|--override-input^MORE|m^MORE|path:../m^MORE\n"+
		"nix|build|one\nnix|build|two\n", render(d))
	assert.Equal(t, "build", d.Scripts[0].Step)
	assert.Equal(t, "sub", d.Scripts[0].WorkingDir)
}

func TestClassify(t *testing.T) {
	for file, want := range map[string]System{
		".github/workflows/a.yml":        GitHubWorkflow,
		"sub/.forgejo/workflows/a.yaml":  GitHubWorkflow,
		".gitea/workflows/a.yml":         GitHubWorkflow,
		".github/workflows/deep/a.yml":   None,
		".github/actions/x/action.yml":   GitHubAction,
		"action.yaml":                    GitHubAction,
		".gitlab-ci.yml":                 GitLab,
		"ci/nix.gitlab-ci.yml":           GitLab,
		".gitlab/ci/x.yml":               GitLab,
		".woodpecker.yml":                Woodpecker,
		".woodpecker/x.yaml":             Woodpecker,
		"docker-compose.yml":             None,
		".github/workflows/README.md":    None,
		"./.github/workflows/../b/x.yml": None,
	} {
		assert.Equal(t, want, Classify(file), file)
		assert.Equal(t, want != None, IsCI(file))
	}
	for text, want := range map[string]System{
		"jobs: {}":                GitHubWorkflow,
		"runs: {}":                GitHubAction,
		"steps: []":               Woodpecker,
		"a: { script: x }":        GitLab,
		"services: { a: {b: c} }": None,
		"[1, 2]":                  None,
		"":                        None,
	} {
		assert.Equal(t, want, ReadCI("x.yml", text).System, text)
	}
}

func TestBrokenYAML(t *testing.T) {
	good := "jobs:\n  a:\n    steps:\n      - run: nix build one\n"
	for name, test := range map[string]struct {
		bad  string
		line int
	}{
		"unclosed quote":   {"      - run: \"nix build bad\n", 5},
		"flow":             {"      - run: [nix, build\n", 5},
		"two values":       {"      - run: nix: build: bad\n", 5},
		"reserved":         {"      - run: @nix\n", 5},
		"dedented heredoc": {"      - run: |\n          cat <<EOF\n  hello world\nEOF\n", 7},
		"tab":              {"\t\t- run: nix\n", 5},
	} {
		t.Run(name, func(t *testing.T) {
			text := good + test.bad + "      - run: nix build two\n  b:\n    steps:\n      - run: nix build three\n"
			d := ReadCI(".github/workflows/ci.yml", text)
			require.NotEmpty(t, d.Problems)
			assert.InDelta(t, test.line, lineOf(text, d.Problems[0].Span), 1)
			assert.LessOrEqual(t, int(d.Problems[0].Span.End), len(text))
			got := render(d)
			assert.Contains(t, got, "nix|build|one\n")
			assert.Contains(t, got, "nix|build|three\n")
			assert.NotContains(t, got, "bad")
		})
	}
}
