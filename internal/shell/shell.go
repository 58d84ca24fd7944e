// Package shell reads the shell text of CI files (GitHub, Forgejo and Gitea workflows and composite
// actions, GitLab CI, Woodpecker, CircleCI, Buildkite, Azure Pipelines, Jenkins and others), of shell scripts, Makefiles, justfiles,
// Taskfiles and Dockerfiles, and of text that another language embeds. It says
// which commands run with which words, follows simple assignments, and maps every position back to the
// file. The grammars are libraries': mvdan.cc/sh for shell, goccy/go-yaml for YAML. Reading never fails:
// what does not parse is recorded, and the rest is kept.
package shell

import (
	"iter"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// Kind says where a script's text stands.
type Kind uint8

// The places of shell text.
const (
	ScriptFile         Kind = iota // a whole shell script
	GitHubRun                      // `run:` of a step in a workflow or composite action
	GitHubShell                    // `shell:` with a command template such as `nix develop -c bash -e {0}`
	GitHubInput                    // a `with:` input that holds a command
	GitLabScript                   // `script:`, `before_script:`, `after_script:` of GitLab CI
	WoodpeckerCommands             // `commands:` of a Woodpecker (or Drone) step
	EmbeddedText                   // text that ReadText was given
	Recipe                         // a recipe of a Makefile, justfile or Taskfile, a RUN of a Dockerfile
	ServiceCommand                 // a command of another CI service
)

var kindNames = [...]string{"script file", "github run", "github shell", "github input",
	"gitlab script", "woodpecker commands", "embedded text", "recipe", "service command"}

// String returns the kind in words, for messages and tests.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// Problem is text that could not be read, with its place in the file.
type Problem struct {
	Msg  string
	Span source.Span
}

// Error returns the message without its place.
func (p *Problem) Error() string { return p.Msg }

// Doc is one file and the shell text in it. All spans are byte spans of Text.
type Doc struct {
	Path    string
	Text    string
	System  System // None for scripts and embedded text
	Prose   bool   // it is documentation that shows commands to people
	Scripts []*Script
	Inputs  []Input // `with:` inputs of steps and reusable workflows
	Calls   []Call  // files that the scripts and steps run
	Jobs    []Job   // of a CI file, in its order; of GitHub's, Forgejo's and Gitea's workflows and GitLab's
	// Problems are those of the file itself, in its order: YAML that does not parse or that the CI system refuses, a
	// limit that was reached. What could be read beside it is kept. Problems of shell text are in Script.Err.
	Problems []Problem
	// Unread are the parts of a Makefile or justfile that are neither recipes nor plain assignments nor comments.
	Unread []source.Span

	recipes []recipe // of a Makefile or justfile
}

// Mention returns the first of the words in parts of the text, leaving out lines that are comments, and its offset.
func (d *Doc) Mention(parts []source.Span, words []string) (word string, at uint32, ok bool) {
	for _, part := range parts {
		for start := int(part.Start); start < min(int(part.End), len(d.Text)); start = nextLine(d.Text, start) {
			line := d.Text[start:min(start+lineLen(d.Text[start:]), int(part.End), len(d.Text))]
			if strings.HasPrefix(strings.TrimLeft(line, " \t"), "#") {
				continue
			}
			for _, w := range words {
				if i := strings.Index(line, w); i >= 0 {
					return w, uint32(start + i), true
				}
			}
		}
	}
	return "", 0, false
}

// Commands iterates over all commands in the order of the scripts, each with its script.
func (d *Doc) Commands() iter.Seq2[*Script, *Command] {
	return func(yield func(*Script, *Command) bool) {
		for _, s := range d.Scripts {
			for i := range s.Commands {
				if !yield(s, &s.Commands[i]) {
					return
				}
			}
		}
	}
}

// Script is one piece of shell text.
type Script struct {
	Source Kind
	// Shell is the interpreter's name: bash, sh, zsh, … Text for another interpreter (pwsh, python, fish)
	// is listed with that name and has no commands.
	Shell string
	// Job and Step are names as the file gives them, empty where it has none. The job of a Recipe is its name.
	Job, Step string
	// Text is the decoded text: without YAML quoting and indentation, with "\n" line ends.
	Text string
	// Span is where the text stands in the file; for a list of lines, from the first to the last.
	Span source.Span
	// WorkingDir is the directory the script starts in as written, empty for the checkout's root.
	WorkingDir string
	// If are the conditions of the step and of its job as the CI file gives them, with a line end between.
	If string
	// Env holds the variables that the CI file sets for this script, innermost last.
	Env []Assign
	// Assigns holds the script's own assignments in source order.
	Assigns []Assign
	// Commands are ordered by their place in the file. A command that several jobs share through a YAML
	// anchor is in the first script only.
	Commands []Command
	// Written is what the script writes to files, in no order.
	Written []Written
	// Err is the first syntax error of the text, or a limit that was reached. A script may be right all the same: of
	// another shell than it says, or a template.
	Err *Problem
	// Unread are the parts of the file that hold text of the script which was not read, or only so that it may be
	// something else (Command.Recovered).
	Unread []source.Span
	// Cuts are the commands some of whose variables were not followed, since they lead too far or have too many values.
	Cuts []Cut

	at        *textMap
	scope     *scope
	functions map[string]bool
	exports   *scope // where writes to $GITHUB_ENV and $GITHUB_OUTPUT take effect
	stepID    string
	own       []*variable
	shifts    bool     // the text may shift arguments
	aliased   []*scope // around the places that have the script's text once more, through an alias
}

// fail notes a problem and the part of the file that is not surely read for it. The first problem is kept.
func (s *Script) fail(msg string, at, unread source.Span) {
	if s.Err == nil {
		s.Err = &Problem{Msg: msg, Span: at}
	}
	if !slices.ContainsFunc(s.Unread, func(have source.Span) bool { return have.Covers(unread) }) && len(s.Unread) < maxProblems {
		s.Unread = append(s.Unread, unread)
	}
}

// A Cut is a command some of whose words are not known.
type Cut struct {
	// Program is the program that the command runs, empty where that is not known.
	Program string
	// Span is the command's.
	Span source.Span
	// Unread are the parts of the file from which the words come: the command and the assignments that lead to it, but for
	// those that an earlier cut of the same program has.
	Unread []source.Span
}

// Offset maps a byte offset of Text to one of the file.
func (s *Script) Offset(i int) uint32 { return s.at.start(i) }

// SpanOf maps the half-open range [start, end) of Text to the file.
func (s *Script) SpanOf(start, end int) source.Span { return s.at.span(start, end) }

// Lookup returns the assignments to a variable that the script can see: its own or, where it has none,
// those of the CI file's innermost `env`. Names are without `$`. known is false where they are too many to look at.
func (s *Script) Lookup(name string) (assigns []Assign, known bool) {
	if s.scope == nil {
		return nil, true
	}
	vars := s.scope.find(name)
	if len(vars) > maxAssigned {
		return nil, false
	}
	for _, v := range vars {
		assigns = append(assigns, v.export())
	}
	return assigns, true
}

// Command is one simple command.
type Command struct {
	// Name is the base name of the program where it can be read off the text, else empty. Programs that
	// only run another one (sudo, env, xargs, …) are looked through.
	Name string
	// Word is the command word itself.
	Word Word
	// Args are the words behind it, with variables whose assignments are known replaced by their words.
	// What belongs to a command that this one runs (`nix develop -c nix build`) is that one's. A word that is
	// written once can be an argument of several commands, each through a variable: its Span tells.
	Args []Word
	// Span reaches from the command word to the end of its last argument as the command writes it.
	Span source.Span
	// Recovered is set where the text around or before the command has a syntax error, so that it may not
	// be a command at all.
	Recovered bool

	shared *sharedScopes
}

// sharedScopes are the scopes of other scripts that have a command once more.
type sharedScopes struct{ scopes []*scope }

// Word is one word of shell text.
type Word struct {
	// Text is the word without quotes and escapes; expansions stand in it as written ("$PWD/x").
	Text string
	// Span is where the word stands in the file, quotes included.
	Span source.Span
	// Quoted is set if any part is quoted or escaped, Static if nothing in it is expanded.
	Quoted, Static bool
	// Via names the variable through which the word came, and Use is the place of its use; empty for a word
	// that the command itself writes.
	Via string
	Use source.Span
	// Alts are the values that the word may have, where it is an expansion with several known ones, each
	// standing for this one word.
	Alts []Word

	raw *rawWord
}

// At returns the span of the range [i, j) of Text in the file.
func (w *Word) At(i, j int) source.Span {
	if w.raw == nil {
		return w.Span
	}
	return w.raw.span(i, j)
}

// Assign is one assignment to a variable.
type Assign struct {
	Name string
	// Words are the elements of an array, or one word, the value, of a plain variable.
	Words  []Word
	Array  bool
	Append bool // written with `+=`
	Span   source.Span
}

// Input is one `with:` input of a step that uses an action, or of a job that uses a workflow.
type Input struct {
	Uses, Name string
	Job, Step  string
	If         string // the conditions of the step and of its job, with a line end between
	With       int    // which `with:` of the file it stands in
	Text       string // decoded
	Span       source.Span
	// Words are the input's words as a shell would split them, where it holds options; an input that is a
	// command (`run`, `script`, `command`) is a Script instead.
	Words []Word

	at    *textMap
	word  rawWord // as an action or workflow of the repository is given it, with the scope that its variables have
	scope *scope
	inner bool // of a document that was itself read as a caller has it
}

// SpanOf maps the half-open range [start, end) of Text to the file.
func (in *Input) SpanOf(start, end int) source.Span { return in.at.span(start, end) }

// Job is a job of a CI file.
type Job struct {
	Name string
	// Runner is `runs-on` or `tags`, several labels with blanks between.
	Runner string
	// Span reaches from the job's name to what stands behind it.
	Span source.Span
}

// Call is a file of the same repository that a script or step runs.
type Call struct {
	// Path is relative to the repository's root, with `/`, cleaned. For `uses: ./x` it is the directory of
	// the action or the workflow file.
	Path string
	Span source.Span
	// Uses is set for `uses:` and `include:`, as opposed to a shell command.
	Uses bool
	// Recipes are those that the call runs, of a Makefile or justfile; with none, it runs the first.
	Recipes []string
}
