package shell

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestServices: the commands of CI files of other services, of Taskfiles and of Dockerfiles, each at its place.
func TestServices(t *testing.T) {
	for _, c := range []struct {
		path, text, want string
		system           System
	}{
		{".circleci/config.yml", "version: 2.1\njobs:\n  build:\n    working_directory: ~/x\n    environment:\n      REF: path:.\n    steps:\n      - checkout\n" +
			"      - run: nix build $REF << parameters.flags >>\n      - run:\n          name: test\n          command: |\n            nix flake check\n            cat <<EOF\n            nix run\n            EOF\n",
			"nix|build|path:. (REF)|<< parameters.flags >>\nnix|flake|check\ncat\n", CircleCI},
		{".buildkite/pipeline.yml", "env:\n  A: one\nsteps:\n  - command: nix build $A\n  - commands:\n      - nix a\n      - nix b\n  - wait\n  - group: g\n    steps:\n      - command: [nix c]\n",
			"nix|build|one (A)\nnix|a\nnix|b\nnix|c\n", Buildkite},
		{"azure-pipelines.yml", "variables:\n- name: ref\n  value: path:.\nsteps:\n- script: nix build $(ref) ${{ parameters.x }}\n- bash: |\n    nix a\n- task: Bash@3\n  inputs:\n    targetType: inline\n    script: nix b\n",
			"nix|build|path:. (env.ref)|${{ parameters.x }}\nnix|a\nnix|b\n", Azure},
		{".travis.yml", "language: nix\nscript:\n  - nix a\n  - nix b\nbefore_install: nix c\n", "nix|a\nnix|b\nnix|c\n", Travis},
		{".cirrus.yml", "task:\n  env: { A: x }\n  build_script: nix build $A\n  test_script:\n    - nix a\n", "nix|build|x (A)\nnix|a\n", Cirrus},
		{"bitbucket-pipelines.yml", "pipelines:\n  default:\n    - step:\n        script:\n          - nix a\n", "nix|a\n", Bitbucket},
		{".builds/x.yml", "tasks:\n  - build: |\n      nix a\n  - nix b: echo\n", "nix|a\necho\n", SourceHut},
		{".drone.yml", "kind: pipeline\nsteps:\n- name: x\n  commands: [nix a]\n", "nix|a\n", Woodpecker},
		{"Jenkinsfile", "pipeline {\n  environment {\n    FLAKE = 'path:.'\n  }\n  // sh 'nix no'\n  stages { stage('x') { steps {\n    sh 'nix a'\n    sh \"nix build ${FLAKE} \\\"$Q\\\"\"\n    sh '''\n      nix b \\\\\n        c\n    '''\n" +
			"    sh(label: 'x', script: 'nix d')\n    sh(\n      script: \"nix e\",\n      returnStdout: true)\n    echo 'nix f'\n    /* sh 'nix g' */\n  } } }\n}\n",
			"nix|a\nnix|build|path:. (FLAKE)|$Q\nnix|b|c\nnix|d\nnix|e\n", Jenkins},
	} {
		t.Run(c.path, func(t *testing.T) {
			doc := ReadCI(c.path, c.text)
			assert.Equal(t, c.system, doc.System)
			assert.Equal(t, c.want, brief(t, doc))
			assert.Empty(t, doc.Problems)
		})
	}
	for _, c := range []struct{ path, text, want string }{
		{"Taskfile.yml", "version: '3'\nvars: { REF: 'path:.' }\ntasks:\n  build:\n    deps: [gen]\n    cmds:\n      - nix build {{.REF}} {{.CLI_ARGS}}\n      - task: test\n      - cmd: nix a\n  test: nix b\n  gen:\n    cmd: nix c\n  lint: [nix d]\n",
			"nix|build|path:. (inputs.REF)|{{.CLI_ARGS}}\nnix|a\nnix|b\nnix|c\nnix|d\n"},
		{"Dockerfile", "FROM nixos/nix\nENV REF=path:. X=\"a b\"\nENV OLD some value\nRUN nix build $REF \\\n  # a comment\n  $OLD && \\\n  nix a\nrun --mount=type=cache,target=/x nix b\nRUN [\"nix\", \"c\"]\nRUN <<EOF\nnix d\nnix e\nEOF\n" +
			"RUN cat <<EOF > x && nix f\nnix g\nEOF\n# RUN nix h\nRUN nix i",
			"nix|build|path:. (REF)|some (OLD)|value (OLD)\nnix|a\nnix|b\nnix|d\nnix|e\ncat\nnix|f\nnix|i\n"},
		{"sub/Dockerfile", "FROM x\nRUN echo $((1<<2)) && nix a\nRUN x=$(( 1 << 2 )) nix b\nRUN echo \"<<EOF\" <<<word; nix c\nRUN cat <<-'A' <<B > x && nix d\nnix no\nA\nnix no\nB\n" +
			"COPY <<EOF /x.sh\nRUN nix no\nEOF\nADD a b\nRUN nix e\n",
			"echo|$((1<<2))\nnix|a\nnix|b\necho|<<EOF\nnix|c\ncat\nnix|d\nnix|e\n"},
	} {
		t.Run(c.path, func(t *testing.T) {
			require.True(t, IsScript(c.path, c.text))
			doc := ReadScript(c.path, c.text)
			assert.Equal(t, c.want, brief(t, doc))
			for _, s := range doc.Scripts {
				assert.Nil(t, s.Err)
			}
		})
	}
	doc := ReadScript("Taskfile.yml", "tasks:\n  a:\n    deps: [b]\n    cmds: [task: c]\n  b: x\n  c: y\n  d: z\n  default: [task: d]\n")
	assert.Equal(t, map[string]bool{"a": true, "b": true, "c": true}, doc.Run([]string{"a"}))
	assert.Equal(t, map[string]bool{"default": true, "d": true}, doc.Run(nil))
}

// brief writes the commands one a line, and holds each word of theirs against the text at its place.
func brief(t *testing.T, d *Doc) string {
	out := ""
	for _, c := range d.Commands() {
		out += c.Name
		for _, w := range c.Args {
			out += "|" + w.Text
			if w.Via != "" {
				out += " (" + w.Via + ")"
			}
			if !w.Quoted {
				assert.Equal(t, w.Text, d.Text[w.Span.Start:w.Span.End])
			}
		}
		out += "\n"
	}
	return out
}
