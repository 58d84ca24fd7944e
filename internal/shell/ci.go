package shell

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/nixsift/nixsift/ast/source"
)

// System is a CI system whose files are read.
type System uint8

// The systems; Forgejo's and Gitea's workflows are GitHub's in form.
const (
	None System = iota
	GitHubWorkflow
	GitHubAction
	GitLab
	Woodpecker
	CircleCI
	Buildkite
	Azure
	Travis
	Cirrus
	Bitbucket
	SourceHut
	Jenkins
)

var systemNames = [...]string{"none", "github workflow", "github action", "gitlab", "woodpecker", "circleci", "buildkite", "azure", "travis",
	"cirrus", "bitbucket", "sourcehut", "jenkins"}

// String returns the system in words, for messages and tests.
func (s System) String() string {
	if int(s) < len(systemNames) {
		return systemNames[s]
	}
	return "unknown"
}

// Classify says from its path, relative to the repository's root and with `/`, which system's file it is.
func Classify(file string) System {
	file = path.Clean(file)
	base, dir := path.Base(file), "/"+path.Dir(file)+"/"
	ext := path.Ext(base)
	if base == "Jenkinsfile" || strings.HasPrefix(base, "Jenkinsfile.") || ext == ".Jenkinsfile" || ext == ".jenkinsfile" {
		return Jenkins
	}
	if ext != ".yml" && ext != ".yaml" {
		return None
	}
	in := func(d string) bool { return strings.HasSuffix(dir, "/"+d+"/") }
	name := strings.TrimSuffix(base, ext)
	switch {
	case in(".github/workflows") || in(".forgejo/workflows") || in(".gitea/workflows"):
		return GitHubWorkflow
	case name == "action":
		return GitHubAction
	case name == ".gitlab-ci" || strings.HasSuffix(name, ".gitlab-ci") || strings.Contains(dir, "/.gitlab/") ||
		strings.Contains(dir, "/.gitlab-ci/"):
		return GitLab
	case name == ".woodpecker" || name == ".drone" || strings.Contains(dir, "/.woodpecker/") || strings.Contains(dir, "/.crow/"):
		return Woodpecker
	case strings.Contains(dir, "/.circleci/"):
		return CircleCI
	case strings.Contains(dir, "/.buildkite/"):
		return Buildkite
	case strings.HasPrefix(name, "azure-pipelines") || strings.HasPrefix(name, ".azure-pipelines") || strings.Contains(dir, "/.azure-pipelines/") ||
		strings.Contains(dir, "/.azuredevops/"):
		return Azure
	case name == ".travis":
		return Travis
	case name == ".cirrus":
		return Cirrus
	case name == "bitbucket-pipelines":
		return Bitbucket
	case name == ".build" || in(".builds"):
		return SourceHut
	}
	return None
}

// IsCI reports whether ReadCI knows the file by its path.
func IsCI(file string) bool { return Classify(file) != None }

// ReadCI reads a CI file. The path is relative to the repository's root; a file whose path says nothing is
// classified by its content. It never fails: see Doc.Problems.
func ReadCI(file, text string) *Doc { return ReadCalled(file, text, nil) }

// ReadCalled reads a reusable workflow or a composite action as a caller has it, whose inputs for it are given: each has that value
// alone, and readings with it tell so (Place.Given). Inputs of a document that was read so itself may be given on: what counts as given is
// what comes from the first one.
func ReadCalled(file, text string, given []Input) *Doc {
	d := &Doc{Path: file, Text: text, System: Classify(file)}
	r := newReader(d)
	if d.System == Jenkins {
		norm, at := normalize(text)
		r.jenkins(norm, at)
		r.finish()
		return d
	}
	y := parseYAML(text)
	c := &ci{reader: r, y: y, read: map[int]bool{}, scripts: map[int]*Script{}, given: given}
	if d.System == None {
		d.System = c.sniff()
	}
	c.torn = len(y.problems) > 0
	c.refusedKeys()
	for _, doc := range y.docs {
		c.document(doc)
	}
	c.inputWords()
	if _, ok := services[d.System]; ok {
		r.finish()
		d.unsure(y)
		return d
	}
	c.refusedEmpty()
	r.finish()
	d.Problems = append(y.problems, d.Problems...)
	slices.SortStableFunc(d.Problems, func(a, b Problem) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	return d
}

// refusedKeys notes keys that are given twice where the system refuses the file for it. GitLab takes the last. GitHub
// knows no case, but an expression may be a key again and again (TemplateReader of actions/runner); Forgejo, Gitea and
// Woodpecker read with go-yaml, which compares the text.
func (c *ci) refusedKeys() {
	switch c.doc.System {
	case GitHubWorkflow, GitHubAction, Woodpecker:
	default:
		return
	}
	github := c.github() && c.doc.System != Woodpecker
	for _, k := range c.y.keys {
		if k.exact && !strings.Contains(k.key, "${{") || github && !k.exact {
			c.y.failAt(k.at, "the key `%s` is there already, on line %d: the CI service refuses the file", k.key, k.first)
		}
	}
}

// github reports whether a workflow or action is GitHub's own, not Forgejo's or Gitea's.
func (c *ci) github() bool {
	return !strings.Contains(c.doc.Path, ".forgejo/") && !strings.Contains(c.doc.Path, ".gitea/")
}

// refusedEmpty notes a file without a value in any document. All systems refuse it: GitHub and Forgejo for want of `on`,
// GitLab for want of content, also where another file includes it, Woodpecker for want of steps.
func (c *ci) refusedEmpty() {
	empty := func(doc ast.Node) bool {
		switch c.y.resolve(doc).(type) {
		case *ast.NullNode, nil:
			return true
		}
		return false
	}
	if len(c.y.problems) == 0 && !slices.ContainsFunc(c.y.docs, func(doc ast.Node) bool { return !empty(doc) }) {
		c.y.fail(source.Span{}, "the file is empty, comments and markers apart: the CI service refuses it")
	}
}

// document reads one YAML document. A panic in the libraries costs that document only.
func (c *ci) document(doc ast.Node) {
	defer func() {
		if p := recover(); p != nil {
			c.y.fail(source.Span{}, "the YAML could not be read: %v", p)
		}
	}()
	if _, ok := services[c.doc.System]; ok {
		c.service(doc)
		return
	}
	switch c.y.resolve(doc).(type) {
	case ast.MapNode, *ast.NullNode, nil:
	default:
		c.y.failAt(c.y.before(doc.GetToken()), "the file is no mapping of keys to values")
	}
	switch c.doc.System {
	case GitHubWorkflow:
		c.workflow(doc)
	case GitHubAction:
		c.action(doc)
	case GitLab:
		c.gitlab(doc)
	case Woodpecker:
		c.woodpecker(doc)
	}
}

// A ci walks one CI file.
type ci struct {
	*reader
	y       *yamlFile
	read    map[int]bool    // scalars that were read as scripts or inputs
	scripts map[int]*Script // of GitHub's steps, by their scalars
	inputs  []pendingInput
	given   []Input // by a caller
	withs   int     // that were read

	torn    bool // the text is not what was meant: some of it was not read
	refused bool // the CI system refuses the file for its structure
}

func (c *ci) sniff() System {
	for _, doc := range c.y.docs {
		switch {
		case c.y.get(doc, "jobs") != nil:
			return GitHubWorkflow
		case c.y.get(doc, "runs") != nil:
			return GitHubAction
		case c.y.get(doc, "steps") != nil || c.y.get(doc, "pipeline") != nil:
			return Woodpecker
		}
		for _, e := range c.y.entries(doc) {
			if e.key == "script" || e.key == "before_script" || c.y.get(e.value, "script") != nil {
				return GitLab
			}
		}
	}
	return None
}

// variables defines the scalars of a mapping, or of a list of `NAME=value`, in a scope. A value may itself
// be a mapping with the key `value`, as in GitLab.
func (c *ci) variables(s *scope, n ast.Node, prefix string) {
	for _, item := range c.y.items(n) {
		if v, ok := c.y.scalar(item); ok {
			if name, _, ok := strings.Cut(v.text, "="); ok && validName(name) {
				w := v.word(c.exprs(v.text))
				value := w.slice(len(name)+1, len(v.text))
				s.define(&variable{name: name, words: []rawWord{value}, whole: w, ci: true})
			}
		}
	}
	for _, e := range c.y.entries(n) {
		value := e.value
		if inner := c.y.get(value, "value"); inner != nil {
			value = inner
		}
		if v, ok := c.y.scalar(value); ok {
			w := v.word(c.exprs(v.text))
			whole := w
			whole.whole = v.span
			s.define(&variable{name: prefix + e.key, words: []rawWord{w}, whole: whole, ci: true})
		}
	}
}

// jobs notes the jobs of a file. Each ends where the next one, or another key of the document, begins.
func (c *ci) jobs(doc ast.Node, jobs []entry, runner string) {
	var starts []int
	for _, e := range append(c.y.entries(doc), jobs...) {
		starts = append(starts, e.keyAt)
	}
	slices.Sort(starts)
	for _, e := range jobs {
		end := len(c.y.text)
		if i, _ := slices.BinarySearch(starts, e.keyAt+1); i < len(starts) {
			end = starts[i]
		}
		c.doc.Jobs = append(c.doc.Jobs, Job{Name: e.key, Runner: c.labels(c.y.get(e.value, runner)), Span: c.y.root.span(e.keyAt, end)})
	}
}

// labels returns the labels of a runner: one, a list of them, or GitHub's mapping with the key labels.
func (c *ci) labels(n ast.Node) string {
	if text, ok := c.y.scalar(n); ok {
		return text.text
	}
	var out []string
	for _, item := range append(c.y.items(n), c.y.items(c.y.get(n, "labels"))...) {
		out = append(out, c.y.str(item))
	}
	return strings.Join(append(out, c.y.str(c.y.get(n, "labels"))), " ")
}

func (c *ci) exprs(text string) []expr {
	if c.doc.System == GitLab {
		return gitlabExprs(text)
	}
	if s, ok := services[c.doc.System]; ok {
		if s.exprs == nil {
			return nil
		}
		return s.exprs(text)
	}
	switch c.doc.System {
	case Woodpecker:
		return nil
	case None: // a Taskfile
		return taskExprs(text)
	}
	return githubExprs(text)
}

// env returns the variables of the scopes around a script, outermost first.
func env(s *scope) []Assign {
	var chain []*scope
	for ; s != nil; s = s.parent {
		chain = append(chain, s)
	}
	var out []Assign
	for i := len(chain) - 1; i >= 0; i-- {
		out = append(out, chain[i].listed()...)
	}
	return out
}

// lines reads a script that is a string or a list of strings and such lists, as one text.
func (c *ci) lines(n ast.Node) (scalar, bool) {
	var list []scalar
	c.flatten(n, &list, 0)
	if len(list) == 0 {
		return scalar{}, false
	}
	if len(list) == 1 {
		return list[0], true
	}
	var b textBuilder
	out := scalar{span: list[0].span}
	for i, s := range list {
		for k, p := range s.at.pieces {
			stop := len(s.text)
			if k+1 < len(s.at.pieces) {
				stop = s.at.pieces[k+1].dst
			}
			b.add(s.text[p.dst:stop], p.src, p.m)
		}
		out.span.Start, out.span.End = min(out.span.Start, s.span.Start), max(out.span.End, s.span.End)
		if i+1 < len(list) && !strings.HasSuffix(s.text, "\n") {
			last := s.at.pieces[len(s.at.pieces)-1]
			b.add("\n", last.src+last.m, 0)
		}
	}
	out.text, out.at, out.id = b.text.String(), b.mapTo(c.y.root, list[0].id), list[0].id
	return out, true
}

func (c *ci) flatten(n ast.Node, out *[]scalar, depth int) {
	if depth > maxLists {
		c.y.failAt(c.y.aliasAt, "the YAML has a script of lists nested too deeply")
		return
	}
	if s, ok := c.y.scalar(n); ok {
		*out = append(*out, s)
		return
	}
	for _, item := range c.y.items(n) {
		c.flatten(item, out, depth+1)
	}
	c.mapped(n, out, depth)
}
