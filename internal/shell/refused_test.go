package shell

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	gitHub, forgejo, gitHubAction = ".github/workflows/a.yml", ".forgejo/workflows/a.yml", ".github/actions/a/action.yml"
	gitLab, gitLabPart            = ".gitlab-ci.yml", "ci/a.gitlab-ci.yml"
	woodpecker, woodpeckerPart    = ".woodpecker.yml", ".woodpecker/a.yml"
)

// TestRefused holds which files are told as refused for their structure, where, and that the commands in them are read.
func TestRefused(t *testing.T) {
	const job = "on: push\njobs:\n  a:\n    runs-on: x\n"
	for _, c := range []struct{ name, file, text, problem, programs string }{
		{"no jobs", gitHub, "on: push\n", "1:1: the workflow has no `jobs`", ""},
		{"no jobs", forgejo, "on: push\n", "1:1: the workflow has no `jobs`", ""},
		{"jobs null", gitHub, "on: push\njobs:\n", "2:1: `jobs` is empty, where a mapping of jobs is needed", ""},
		{"jobs empty", gitHub, "on: push\njobs: {}\n", "2:1: `jobs` is empty", ""},
		{"jobs a list", gitHub, "on: push\njobs:\n  - a:\n      steps: [{run: one}]\n", "2:1: `jobs` is a list, where a mapping of jobs is needed", "one"},
		{"jobs in another case", gitHub, "on: push\nJobs:\n  a:\n    steps: [{run: one}]\n", "1:1: the workflow has no `jobs` 2:1: `Jobs` is no key of a workflow", "one"},
		{"job null", gitHub, "on: push\njobs:\n  a:\n", "3:3: `a` is empty, where the mapping of a job is needed", ""},
		{"job empty", gitHub, "on: push\njobs:\n  a: {}\n", "3:3: job `a` has neither `steps` nor `uses`", ""},
		{"job text", gitHub, "on: push\njobs:\n  a: one\n", "3:3: `a` is text, where the mapping of a job is needed", ""},
		{"steps text", gitHub, job + "    steps: one\n", "5:5: `steps` is text, where a list of steps is needed", "one"},
		{"steps a mapping", gitHub, job + "    steps:\n      run: one\n", "5:5: `steps` is a mapping, where a list of steps is needed", "one"},
		{"steps a mapping", forgejo, job + "    steps:\n      run: one\n", "5:5: `steps` is a mapping, where a list of steps is needed", "one"},
		{"steps by name", gitHub, job + "    steps:\n      x:\n        run: one\n", "5:5: `steps` is a mapping, where a list of steps is needed", "one"},
		{"steps null", gitHub, job + "    steps:\n", "5:5: `steps` is empty, where a list of steps is needed", ""},
		{"steps empty", gitHub, job + "    steps: []\n", "5:5: `steps` is empty", ""},
		{"steps beside the job", gitHub, job + "  steps:\n    - run: one\n", "3:3: job `a` has neither `steps` nor `uses` 5:3: `steps` is a list, where the mapping of a job is needed", "one"},
		{"steps at the top", gitHub, job + "steps:\n  - run: one\n", "3:3: job `a` has neither `steps` nor `uses` 5:1: `steps` is no key of a workflow", "one"},
		{"step", gitHub, job + "    step:\n      - run: one\n", "3:3: job `a` has neither `steps` nor `uses` 5:5: `step` is no key of a job", "one"},
		{"another name for steps", gitHub, job + "    tasks:\n      - run: one\n", "3:3: job `a` has neither `steps` nor `uses`", "one"},
		{"run at the job", gitHub, job + "    run: one\n    steps:\n      - run: two\n", "5:5: `run` is no key of a job", "two one"},
		{"run at the top", gitHub, "run: one\n" + job + "    steps:\n      - run: two\n", "1:1: `run` is no key of a workflow", "two one"},
		{"run a list", gitHub, job + "    steps:\n      - run:\n          - one\n          - two\n", "6:9: `run` is a list, where text is needed", "one two"},
		{"run a list", forgejo, job + "    steps:\n      - run: [one, two]\n", "6:9: `run` is a list, where text is needed", "one two"},
		{"run a mapping", gitHub, job + "    steps:\n      - run:\n          one two: three\n", "6:9: `run` is a mapping, where text is needed", "one"},
		{"run in another case", gitHub, job + "    steps:\n      - Run: one\n", "6:9: `Run` is no key of a step", "one"},
		{"text for a step", gitHub, job + "    steps:\n      - one\n", "6:9: a step is text, where a mapping is needed", "one"},
		{"null for a step", gitHub, job + "    steps:\n      -\n      - run: one\n", "6:8: a step is empty", "one"},
		{"list for a step", gitHub, job + "    steps:\n      - - run: one\n", "6:9: a step is a list, where a mapping is needed", "one"},
		{"step without anything to do", gitHub, job + "    steps:\n      - name: x\n", "6:9: the step has neither `run` nor `uses`", ""},
		{"run and uses", gitHub, job + "    steps:\n      - uses: a/b@v1\n        run: one\n", "7:9: the step has both `run` and `uses`", "one"},
		{"steps and uses", gitHub, job + "    uses: a/b/.github/workflows/c.yml@v1\n    steps:\n      - run: one\n", "6:5: job `a` has both `steps` and `uses`", "one"},
		{"action without steps", gitHubAction, "runs:\n  using: composite\n", "1:1: the composite action has no `steps`", ""},
		{"action with text", gitHubAction, "runs:\n  using: composite\n  steps: one\n", "3:3: `steps` is text, where a list of steps is needed", "one"},
		{"action of another kind", gitHubAction, "runs:\n  using: node20\n  steps: [{run: one}]\n", "3:3: `steps` needs `using: composite`", "one"},

		{"script a mapping", gitLab, "a:\n  script:\n    one two: three\n", "2:3: `script` is a mapping, where text or a list of text is needed", "one"},
		{"line a mapping", gitLab, "a:\n  script:\n    - one two: three\n    - four\n", "3:7: a line of `script` is a mapping, where text is needed (quote a line with `: ` in it)", "one four"},
		{"job a list", gitLab, "a:\n  - script: one\n", "1:1: `a` is a list, where the mapping of a job is needed", "one"},
		{"job a list", gitLabPart, "a:\n  - script: one\n", "1:1: `a` is a list, where the mapping of a job is needed", "one"},
		{"job null", gitLab, "a:\nb: {script: one}\n", "1:1: `a` is empty, where the mapping of a job is needed", "one"},
		{"job without a script", gitLab, "a:\n  image: x\n", "1:1: job `a` has neither `script`, `run` nor `trigger`", ""},
		{"jobs of another service", gitLab, "jobs:\n  a:\n    script: one\n", "1:1: job `jobs` has neither `script`, `run` nor `trigger`", "one"},
		{"default a list", gitLab, "default:\n  - before_script: [one]\na: {script: two}\n", "1:1: `default` is a list, where a mapping is needed", "two one"},
		{"before_script a mapping", gitLab, "before_script: {x: one}\na: {script: two}\n", "1:1: `before_script` is a mapping, where text or a list of text is needed", "one two"},

		{"no steps", woodpecker, "when: {event: push}\n", "1:1: the workflow has no `steps`", ""},
		{"no steps but commands", woodpeckerPart, "commands: [one]\n", "1:1: the workflow has no `steps`", "one"},
		{"steps text", woodpecker, "steps: one\n", "1:1: `steps` is text, where a mapping or list of steps is needed", "one"},
		{"step text", woodpecker, "steps:\n  a: one\n", "2:3: `a` is text, where a mapping is needed", "one"},
		{"commands a mapping", woodpecker, "steps:\n  a:\n    image: x\n    commands:\n      x: one\n", "4:5: `commands` is a mapping, where text or a list of text is needed", "one"},
		{"a line a mapping", woodpecker, "steps:\n  - name: a\n    image: x\n    commands:\n      - one x: y\n", "5:9: a line of `commands` is a mapping, where text is needed (quote a line with `: ` in it)", "one"},
	} {
		t.Run(c.name+", "+c.file, func(t *testing.T) {
			d := ReadCI(c.file, c.text)
			assert.Equal(t, c.problem, strings.ReplaceAll(strings.Join(places(d), " "), ": the CI service refuses the file", ""))
			assert.Equal(t, c.programs, strings.Join(programs(d), " "))
		})
	}
}

// TestAccepted holds that nothing is told of what looks unlike a list of commands and is right all the same.
func TestAccepted(t *testing.T) {
	const job = "on: push\njobs:\n  a:\n    runs-on: x\n"
	for _, c := range []struct{ name, file, text, programs string }{
		{"reusable workflow", gitHub, "on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n    secrets: inherit\n", ""},
		{"workflow_call", gitHub, "on:\n  workflow_call:\n    inputs:\n      run: {type: string}\n" + job[len("on: push\n"):] + "    steps: [{run: one}]\n", "one"},
		{"names that are keys", gitHub, "on: push\nenv: {run: x, steps: y}\njobs:\n  run:\n    runs-on: x\n    outputs: {run: x}\n    steps:\n      - run: one\n        env: {script: x}\n  steps:\n    runs-on: x\n    steps: [{uses: a/b@v1}]\n", "one"},
		{"defaults", gitHub, "on: push\ndefaults:\n  run:\n    shell: bash\njobs:\n  a:\n    runs-on: x\n    defaults: {run: {working-directory: x}}\n    steps: [{run: one}]\n", "one"},
		{"anchors", gitHub, "on: push\njobs:\n  a: &a\n    runs-on: x\n    steps: &s\n      - &r\n        run: one\n  b: *a\n  c:\n    runs-on: x\n    steps: *s\n  d:\n    runs-on: x\n    steps: [*r]\n", "one"},
		{"a key of later versions", gitHub, job + "    steps:\n      - run: one\n      - later:\n          - run: two\n", "one two"},
		{"empty command", gitHub, job + "    steps:\n      - run:\n      - run: ''\n", ""},
		{"no steps", forgejo, job, ""},
		{"run at the job", forgejo, job + "    run: one\n    steps:\n      - run: two\n", "two one"},
		{"run at the job", ".gitea/workflows/a.yml", job + "    run: one\n", "one"},
		{"steps at the top", forgejo, job + "    steps: [{run: one}]\nsteps:\n  - run: two\n", "one two"},
		{"an action that is none", "roles/action.yml", "name: x\n", ""},
		{"an action of Docker", gitHubAction, "runs:\n  using: docker\n  image: Dockerfile\n", ""},

		{"hidden jobs", gitLab, ".a: one\n.b: [one]\n.c: &c\n  - one\n.d:\n  script: {x: one}\na:\n  script: *c\n", "one one"},
		{"include only", gitLab, "include:\n  - local: x.yml\n", ""},
		{"a job of an included file", gitLab, "include: x.yml\na:\n  tags: [x]\nb:\n", ""},
		{"extends", gitLab, "a:\n  extends: .b\n", ""},
		{"merge key", gitLab, ".b: &b {script: one}\na:\n  <<: *b\n", "one"},
		{"trigger", gitLab, "a:\n  trigger: x/y\nb:\n  trigger:\n    include: x.yml\n", ""},
		{"pages", gitLab, "stages: [a]\nworkflow: {rules: []}\nvariables: {script: x}\npages:\n  script: one\n", "one"},
		{"reference", gitLab, ".b: {script: [one]}\na:\n  script:\n    - !reference [.b, script]\n    - two\nc:\n  script: !reference [.b, script]\nd: !reference [.b]\n", "one two"},
		{"header", gitLabPart, "spec:\n  inputs:\n    job: {default: x}\n---\n\"$[[ inputs.job ]]\":\n  script: one\nb: $[[ inputs.job ]]\n", "one"},
		{"steps", gitLab, "a:\n  run:\n    - name: x\n      script: one\n", "one"},
		{"nested lists", gitLab, "a:\n  script:\n    - [one, [two]]\n    - 3\n", "one two 3"},
		{"hooks", gitLab, "default:\n  hooks: {pre_get_sources_script: [one]}\n  before_script: two\na:\n  hooks:\n    pre_get_sources_script:\n      - three\n  after_script: [four]\n  script: five\n", "two one five four three"},

		{"legacy pipeline", woodpecker, "pipeline:\n  a:\n    image: x\n    commands: one\n", "one"},
		{"plugin", woodpecker, "matrix: {A: [x]}\nsteps:\n  - name: a\n    image: x\n    settings: {commands: x}\nservices:\n  b: {image: y}\n", ""},
		{"merged lists", woodpecker, "variables:\n  - &v [one, two]\nsteps:\n  a:\n    image: x\n    commands:\n      - <<: *v\n      - three\n", "one two three"},
		{"clone", woodpecker, "clone:\n  git:\n    image: x\n    commands: [one]\nsteps:\n  a: {image: x, commands: [two]}\n", "one two"},
		{"entrypoint", woodpecker, "steps:\n  a:\n    image: x\n    entrypoint: [/bin/sh, -c, one two]\n", "/bin/sh one"},
		{"entrypoint of words", woodpecker, "services:\n  a:\n    image: x\n    entrypoint: [nix, build]\nsteps:\n  a: {image: x}\n", "nix"},
		{"secret of Drone", ".drone.yml", "kind: pipeline\nsteps:\n  - name: a\n    commands: [one]\nclone: {disable: true}\n---\nkind: secret\nname: x\n", "one"},
	} {
		t.Run(c.name+", "+c.file, func(t *testing.T) {
			d := ReadCI(c.file, c.text)
			assert.Empty(t, places(d))
			assert.Equal(t, c.programs, strings.Join(programs(d), " "))
		})
	}
}
