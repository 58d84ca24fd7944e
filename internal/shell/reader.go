package shell

import (
	"fmt"
	"path"
	"sort"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/nixsift/nixsift/ast/source"
)

// A reader gathers what the scripts of one document do: first every call and assignment of all of them,
// then, in finish, the commands that the calls come to.
type reader struct {
	doc     *Doc
	calls   []call
	fuel    int // that expansions may take
	known   map[valueKey][][]rawWord
	reached map[reach]bool
	// programs are those that cuts are told of apart.
	programs map[string]bool
}

func newReader(d *Doc) *reader {
	return &reader{doc: d, fuel: minFuel + 2*len(d.Text)}
}

// define records an assignment in a script.
func (r *reader) define(s *Script, v *variable) {
	r.known = nil
	s.own = append(s.own, v)
	if s.scope == nil {
		s.scope = &scope{}
	}
	s.scope.define(v)
}

var languages = map[string]syntax.LangVariant{"bash": syntax.LangBash, "sh": syntax.LangBash,
	"dash": syntax.LangBash, "ash": syntax.LangBash, "rbash": syntax.LangBash, "ksh": syntax.LangMirBSDKorn,
	"mksh": syntax.LangMirBSDKorn, "zsh": syntax.LangZsh, "bats": syntax.LangBats}

// script adds a script to the document and reads it, if its shell is one.
func (r *reader) script(s *Script, exprs []expr) {
	r.doc.Scripts = append(r.doc.Scripts, s)
	s.shifts = strings.Contains(s.Text, "shift")
	if s.scope == nil {
		s.scope = &scope{}
	}
	if lang, ok := languages[s.Shell]; ok {
		r.unit(&unit{script: s, text: s.Text, exprs: exprs, at: s.at, lang: lang})
	}
}

// finish resolves the calls.
func (r *reader) finish() {
	for i := range r.calls {
		c := &r.calls[i]
		name := c.words[0].text()
		if c.words[0].static() && c.script.functions[name] {
			c.script.scope.define(&variable{name: "@", fn: name, array: true, words: c.words[1:], whole: c.words[0]})
		}
	}
	seen := map[source.Span]*sharedScopes{}
	for i := 0; i < len(r.calls); i++ {
		r.resolve(r.calls[i], seen)
	}
	for _, s := range r.doc.Scripts {
		sort.SliceStable(s.Commands, func(i, j int) bool { return s.Commands[i].Span.Start < s.Commands[j].Span.Start })
		for _, v := range s.own {
			s.Assigns = append(s.Assigns, v.export())
		}
	}
	sort.SliceStable(r.doc.Calls, func(i, j int) bool { return r.doc.Calls[i].Span.Start < r.doc.Calls[j].Span.Start })
}

// resolve adds the commands that a call comes to.
func (r *reader) resolve(c call, seen map[source.Span]*sharedScopes) {
	defer func() {
		if p := recover(); p != nil {
			c.script.fail(fmt.Sprintf("the shell text could not be read: %v", p), c.words[0].whole, c.span())
		}
	}()
	expanded, whole := r.expanded(c.words, c.script.scope)
	run := unwrap(expanded)
	if !whole {
		r.cut(&c, run)
	}
	for _, text := range run.texts {
		// What stands in the call itself was read with it.
		for _, w := range append([]Word{*text}, text.Alts...) {
			if w.Via != "" {
				r.nested(w.raw, c.script, c.depth, c.recovered)
			}
		}
	}
	if run.file != nil {
		r.callFile(c.script, run.file)
	}
	for _, words := range run.cmds {
		cmd := Command{Name: words[0].program(), Word: words[0], Args: words[1:], Span: ownSpan(words), Recovered: c.recovered}
		if first := seen[cmd.Span]; first != nil {
			if len(first.scopes) < maxReadings {
				first.scopes = append(first.scopes, c.script.scope)
			}
			continue
		}
		cmd.shared = &sharedScopes{}
		seen[cmd.Span] = cmd.shared
		c.script.Commands = append(c.script.Commands, cmd)
		if strings.Contains(words[0].Text, "/") {
			r.callFile(c.script, &words[0])
		}
		r.recipeCalls(c.script, words)
	}
}

// expanded returns words with expansions replaced in a scope; whole is false where that had to end early.
func (r *reader) expanded(words []rawWord, s *scope) (out []Word, whole bool) {
	have := max(0, min(maxCallFuel, r.fuel), r.fuel/2)
	if r.known == nil {
		r.known = map[valueKey][][]rawWord{}
	}
	f := fuel{left: have}
	e := &expander{s, &expansions{fuel: &f, open: map[found]int{}, known: r.known}}
	out = exported(e.words(words))
	r.fuel -= min(have-f.left, have) // what was ended beyond that is not taken from other calls
	return out, !f.out
}

// A reach is a variable whose values a program may get.
type reach struct {
	variable found
	program  string
}

// maxCutPrograms bounds for how many programs of a document variables are followed apart once the fuel has ended: functions that
// call each other are programs, too. The others count as not known.
const maxCutPrograms = 64

// cut notes a call whose variables were not all followed, with all assignments that its words may come from.
func (r *reader) cut(c *call, run run) {
	program := ""
	if len(run.cmds) > 0 {
		program = run.cmds[len(run.cmds)-1][0].program()
	}
	if !r.programs[program] {
		if r.programs == nil {
			r.programs = map[string]bool{}
		}
		if len(r.programs) < maxCutPrograms {
			r.programs[program] = true
		} else {
			program = ""
		}
	}
	cut := Cut{Program: program, Span: c.span(), Unread: []source.Span{c.span()}}
	type place struct {
		word  rawWord
		scope *scope
	}
	var todo []place
	for _, w := range c.words {
		todo = append(todo, place{w, c.script.scope})
	}
	if r.reached == nil {
		r.reached = map[reach]bool{}
	}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, p := range at.word.parts {
			if p.dyn == nil {
				continue
			}
			if p.dyn.exp != nil && p.dyn.exp.Word != nil {
				todo = append(todo, place{p.dyn.unit.raw(p.dyn.exp.Word, p.dyn.base, p.dyn.fn), at.scope})
			}
			name := strings.TrimPrefix(p.dyn.name, "env.")
			if position(name) > 0 {
				name = "@"
			}
			for s := at.scope; s != nil && name != ""; s = s.parent {
				of := reach{found{s, variableKey(name, p.dyn.fn)}, program}
				if r.reached[of] {
					continue
				}
				r.reached[of] = true
				for _, v := range s.vars[of.variable.key] {
					in := at.scope
					if v.scope != nil {
						in = v.scope
					}
					for _, w := range v.words {
						cut.Unread = append(cut.Unread, w.whole)
						todo = append(todo, place{w, in})
					}
				}
			}
		}
	}
	c.script.Cuts = append(c.script.Cuts, cut)
}

// ownSpan returns the range of the words as the command writes them: for a word that came through a
// variable, the variable's place.
func ownSpan(words []Word) source.Span {
	own := func(w *Word) source.Span {
		if w.Via != "" {
			return w.Use
		}
		return w.Span
	}
	span := own(&words[0])
	for i := range words {
		span.End = max(span.End, own(&words[i]).End)
	}
	return span
}

func exported(words []rawWord) []Word {
	out := make([]Word, 0, len(words))
	for i := range words {
		out = append(out, words[i].export())
	}
	return out
}

// checkoutVars are the variables in which CI services name the folder of the checkout.
var checkoutVars = []string{"GITHUB_WORKSPACE", "FORGEJO_WORKSPACE", "GITEA_WORKSPACE", "CI_PROJECT_DIR", "CI_WORKSPACE", "DRONE_WORKSPACE",
	"CIRCLE_WORKING_DIRECTORY", "BUILDKITE_BUILD_CHECKOUT_PATH", "BUILD_SOURCESDIRECTORY", "BUILD_REPOSITORY_LOCALPATH", "TRAVIS_BUILD_DIR",
	"CIRRUS_WORKING_DIR", "BITBUCKET_CLONE_DIR", "WORKSPACE"}

// CheckoutRoots returns how scripts and CI files write the folder of the checkout by what the CI service sets.
func CheckoutRoots() (out []string) {
	for _, name := range checkoutVars {
		out = append(out, "$"+name, "${"+name+"}")
	}
	return append(out, "${{ github.workspace }}", "${{github.workspace}}", "$(Build.SourcesDirectory)", "$(Build.Repository.LocalPath)")
}

// slashed returns folders as the beginnings of paths in them.
func slashed(dirs []string) (out []string) {
	for _, dir := range dirs {
		out = append(out, dir+"/")
	}
	return out
}

// Prefixes that stand for the root of the checkout, and for the directory of the running script.
var (
	rootPrefixes = slashed(append(CheckoutRoots(), "$(git rev-parse --show-toplevel)"))
	dirPrefixes  = []string{"$(dirname \"$0\")/", "$(dirname $0)/", "$(dirname \"${BASH_SOURCE[0]}\")/",
		"${BASH_SOURCE%/*}/", "${0%/*}/", "$GITHUB_ACTION_PATH/", "${GITHUB_ACTION_PATH}/",
		"${{ github.action_path }}/", "${{github.action_path}}/"}
	herePrefixes = []string{"$PWD/", "${PWD}/", "$(pwd)/"}
)

// callFile records that a script runs a file, where the file's place in the repository is known.
func (r *reader) callFile(s *Script, w *Word) {
	text, dir := w.Text, s.WorkingDir
	cut := func(prefixes []string, to string) {
		for _, p := range prefixes {
			if rest, ok := strings.CutPrefix(text, p); ok {
				text, dir = rest, to
			}
		}
	}
	cut(rootPrefixes, "")
	cut(dirPrefixes, path.Dir(r.doc.Path))
	cut(herePrefixes, s.WorkingDir)
	for _, p := range rootPrefixes {
		if rest, ok := strings.CutPrefix(dir+"/", p); ok {
			dir = rest
		}
	}
	r.addCall(path.Join(dir, text), text, w.Span, false)
}

// addCall records a call; text is the path as written, without what stands for a known directory.
func (r *reader) addCall(file, text string, span source.Span, uses bool) {
	file = path.Clean(file)
	if text == "" || strings.ContainsAny(file, "$`{}*?<>|\n ") || strings.HasPrefix(text, "/") || strings.HasPrefix(text, "~") || strings.HasPrefix(text, "@") ||
		strings.HasPrefix(file, "/") || file == "." || file == ".." || strings.HasPrefix(file, "../") {
		return
	}
	for _, c := range r.doc.Calls {
		if c.Span == span {
			return
		}
	}
	r.doc.Calls = append(r.doc.Calls, Call{Path: file, Span: span, Uses: uses})
}

// word returns a YAML scalar as a word.
func (s *scalar) word(exprs []expr) rawWord {
	u := &unit{text: s.text, at: s.at, exprs: exprs}
	w := rawWord{at: s.at, whole: s.at.span(0, len(s.text))}
	u.verbatim(&w, 0, len(s.text), false)
	return w
}
