package workspace

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestKindOf(t *testing.T) {
	for path, want := range map[string]Kind{
		"/a/x.nix": Nix, "x.nix": Nix, "/a/flake.lock": FlakeLock, "/a/Cargo.lock": Other, "/a/x.nix.in": Other,
		"/a/run.sh": Shell, "run.bash": Shell, "/a/run": Other, "/a/run.zsh": Other,
		"/r/.github/workflows/ci.yml": CI, ".github/workflows/ci.yaml": CI,
		"/r/.github/workflows/sub/ci.yml": Other, "/r/.github/dependabot.yml": Other, "/r/workflows/ci.yml": Other,
		"/r/.github/actions/setup/action.yml": CI, "/r/.github/actions/a/b/action.yaml": CI, "/r/.github/actions/a/other.yml": Other,
		"/r/action.yml": Other, "/r/.github/workflows/x.json": Other,
		"/r/.envrc": Shell, "/r/Dockerfile": Shell, "/r/Dockerfile.dev": Shell, "ci.Dockerfile": Shell, "Containerfile": Shell, "/r/Dockerfiles": Other,
		"Taskfile.yml": Shell, "/r/taskfile.yaml": Shell, "/r/tasks.yml": Other, "/r/Jenkinsfile": CI, "/r/ci/nightly.Jenkinsfile": CI, "Jenkinsfile.release": CI,
		"/r/.circleci/config.yml": CI,
	} {
		assert.Equal(t, want, KindOf(path), path)
	}
}

func TestProviderOf(t *testing.T) {
	for path, want := range map[string]Provider{
		"/r/.github/workflows/ci.yml": GitHub, ".forgejo/workflows/ci.yml": Forgejo, "/r/.gitea/workflows/ci.yaml": Gitea,
		"/r/.forgejo/actions/x/action.yml": Forgejo,
		"/r/.gitlab-ci.yml":                GitLab, "build.gitlab-ci.yml": GitLab, "/r/.gitlab/ci/a/b.yml": GitLab, "/r/.gitlab/issue.yml": NoProvider,
		"/r/.gitlab/ci.yml":  NoProvider,
		"/r/.woodpecker.yml": Woodpecker, "/r/.woodpecker/test.yaml": Woodpecker, "/r/.woodpecker/sub/x.yml": NoProvider,
		"/r/.circleci/config.yml": CircleCI, "/r/.buildkite/steps/a.yaml": Buildkite, "azure-pipelines.yml": Azure, "azure-pipelines-pr.yml": Azure,
		"/r/.azure-pipelines/a.yml": Azure, ".drone.yml": Drone, "/r/.travis.yml": Travis, "/r/.cirrus.yml": Cirrus, "bitbucket-pipelines.yml": Bitbucket,
		"/r/.build.yml": SourceHut, "/r/.builds/nix.yml": SourceHut, "/r/build.yml": NoProvider, "/r/circleci/config.yml": NoProvider,
		"/r/.woodpecker/x.nix": NoProvider, "": NoProvider, "/": NoProvider, "x.yml": NoProvider,
	} {
		assert.Equal(t, want, ProviderOf(path), path)
	}
	assert.Equal(t, "forgejo", Forgejo.String())
	assert.Equal(t, "flake-lock", FlakeLock.String())
}

func TestIsShellScript(t *testing.T) {
	for text, want := range map[string]bool{
		"#!/bin/sh\n": true, "#!/usr/bin/env bash": true, "#! /bin/bash -eu\nx": true, "#!/usr/bin/env -S bash -e\n": true,
		"#!/usr/bin/env A=1 dash\n": true, "#!/run/current-system/sw/bin/bash\n": true,
		"#!/usr/bin/env nix-shell\n#! nix-shell -i bash -p jq\n":                true,
		"#!/usr/bin/env nix-shell\n#!nix-shell -p jq\n#!nix-shell -i /bin/sh\n": true,
		"#!/usr/bin/env nix\n#! nix shell nixpkgs#jq --command bash\n":          true,
		"#!/usr/bin/env nix-shell\n#! nix-shell -i python3 -p python3\n":        false,
		"#!/usr/bin/env nix-shell\n\n#! nix-shell -i bash\n":                    false,
		"#!/usr/bin/env python3\n":                                              false, "#!/usr/bin/env": false, "#!": false, "#!\nbash": false, "": false, "bash": false, "# bash": false,
		"#!/usr/bin/fish\n": false, "\x7fELF": false, "#!/bin/busybox sh\n": false, "#!/usr/bin/env -S\n": false,
	} {
		assert.Equal(t, want, isShellScript([]byte(text)), "%q", text)
	}
}
