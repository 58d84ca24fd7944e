package project

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/shell"
)

// JobsWithoutKey returns the jobs of the project's CI files that run a command that fetches, on a machine of the CI service, and
// give it no SSH key that could be seen: no agent, no key file, no GIT_SSH_COMMAND, no other URL in the place of SSH ones. Jobs
// to which only other repositories are checked out do not count. A name stands for one function only.
func (v *View) JobsWithoutKey(name string, fetches func(cmd *shell.Command) bool) (jobs []Job) {
	if v.deps != nil {
		listed := noted(v, question{what: "jobs without key", about: name}, func(a *Answers) string {
			var b strings.Builder
			for _, j := range a.JobsWithoutKey(name, fetches) {
				b.WriteString(j.File + "\x00" + j.Name + "\x00")
			}
			return b.String()
		})
		for parts := strings.Split(listed, "\x00"); len(parts) > 1; parts = parts[2:] {
			jobs = append(jobs, Job{parts[0], parts[1]})
		}
		return jobs
	}
	docs := map[string]*shell.Doc{}
	v.snapshot.ciFiles(v.folder.root, func(rel string, doc *shell.Doc) { docs[rel] = doc })
	all, _ := v.Jobs(fetches)
	for _, job := range all {
		if doc := docs[job.File]; doc != nil && !lacksCheckout(doc, job.Name) && !v.snapshot.hasKey(v.folder.root, doc, job.Name) {
			jobs = append(jobs, job)
		}
	}
	return jobs
}

// keySigns are what a job with an SSH key says of it: anything about SSH but the schemes of URLs, URLs that git replaces, sources that come
// another way.
var (
	keySigns   = regexp.MustCompile(`(?i)ssh|id_(rsa|ed25519|ecdsa)|insteadof|deploy[-_ ]?key|git_config|flake archive|copy --from`)
	sshSchemes = regexp.MustCompile(`(?i)(git\+)?ssh(-ng)?://`)
)

// SaysKey reports whether a text is about an SSH key, or about what makes one needless.
func SaysKey(text string) bool {
	return keySigns.MatchString(sshSchemes.ReplaceAllString(text, ""))
}

// hasKey reports whether a job of a CI file may have an SSH key.
func (s *Snapshot) hasKey(root string, doc *shell.Doc, name string) bool {
	if doc.System == shell.GitHubAction {
		return true // that of the job that uses it
	}
	own, todo := doc.Text, slices.Clone(doc.Calls)
	for _, job := range doc.Jobs {
		if job.Name == name && doc.System == shell.GitHubWorkflow {
			own = doc.Text[job.Span.Start:job.Span.End]
			todo = slices.DeleteFunc(todo, func(c shell.Call) bool { return !job.Span.Covers(c.Span) })
			head := doc.Text[:doc.Jobs[0].Span.Start]
			if !isHosted(job.Runner, own) || SaysKey(head) {
				return true
			}
		} else if job.Name == name && job.Runner != "" {
			return true // a runner of one's own
		}
	}
	if SaysKey(own) {
		return true
	}
	seen := map[string]bool{}
	for len(todo) > 0 {
		call := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[call.Path] {
			continue
		}
		seen[call.Path] = true
		files := []string{call.Path}
		if call.Uses {
			files = append(files, path.Join(call.Path, "action.yml"), path.Join(call.Path, "action.yaml"))
		}
		for _, file := range files {
			text, err := s.fs.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
			if err != nil {
				continue
			}
			if SaysKey(string(text)) {
				return true
			}
			if !call.Uses && shell.IsScript(file, string(text)) {
				todo = append(todo, shell.ReadScript(file, string(text)).Calls...)
			}
		}
	}
	return false
}

// checkouts matches the steps that check a repository out: actions/checkout and those of others.
var checkouts = regexp.MustCompile(`uses:\s*["']?[^\s"']*checkout[\w-]*@`)

// clones matches the commands that get a repository in another way.
var clones = regexp.MustCompile(`\b(git|gh repo|glab repo|hub|jj git) clone\b`)

// lacksCheckout reports whether a job of a workflow works on other repositories only: each of its checkouts names one, or it
// has none and clones what it works on.
func lacksCheckout(doc *shell.Doc, name string) bool {
	if doc.System != shell.GitHubWorkflow {
		return false // other services check out by themselves
	}
	for _, job := range doc.Jobs {
		if job.Name != name {
			continue
		}
		own := doc.Text[job.Span.Start:job.Span.End]
		all, others := len(checkouts.FindAllString(own, -1)), 0
		if all == 0 {
			return clones.MatchString(own)
		}
		for _, in := range doc.Inputs {
			if job.Span.Covers(in.Span) && in.Name == "repository" && strings.Contains(in.Uses, "checkout") && !strings.Contains(in.Text, "github.") {
				others++
			}
		}
		return others >= all
	}
	return false
}

// isHosted reports whether a job runs on a machine that GitHub makes for it, by the labels of its runner, or by those of the
// matrix that they come from.
func isHosted(runner, job string) bool {
	if strings.Contains(runner, "${{") {
		runner = job
	}
	if strings.Contains(job, "self-hosted") {
		return false
	}
	for _, label := range []string{"ubuntu-", "macos-", "windows-"} {
		if strings.Contains(runner, label) {
			return true
		}
	}
	return false
}
