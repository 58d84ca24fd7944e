package project

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "path-escapes-repository", Family: family, Since: "0.1.0",
	Summary: "A relative path of a flake leads out of its repository",
	Doc: "Nix copies the repository of a flake to the store, and nothing around it: `../../secrets` from `hosts/` is a path beside that\n" +
		"copy, and \"access to absolute path '/nix/store/secrets' is forbidden in pure evaluation mode\". Of a flake without Git, its\n" +
		"folder is copied. For a path in a text Nix copies that path alone: `\"${./hosts}/../x\"` is `/nix/store/x`.\n" +
		"\n" +
		"Take the files into the repository; or make the folder an input of the flake, as `inputs.secrets.url =\n" +
		"\"git+ssh://…\"`; or read at run time what is secret, with sops-nix or agenix. A path that only becomes text is left\n" +
		"alone. `pathExists` does not fail, but is false: a warning, and so is a path that only is a value here." + rules.Reaching,
	Severity: diag.Error, Presets: rules.Recommended,
	Placed: true,
	Asks:   project.ForReach,
	On:     []ast.Kind{ast.Path},
	File: func(pass *rules.Pass) {
		if pass.Project.FlakeDir() == "" {
			return
		}
		p := &paths{Pass: pass}
		for i, r := range p.Tree.Records() {
			if r.Kind != ast.Path {
				continue
			}
			if n := p.Tree.Node(ast.NodeID(i)); strings.Contains(n.Text(), "..") {
				p.checkEscape(n)
			} else {
				p.checkCompletedEscape(n)
			}
		}
	},
})

// checkEscape reports a path literal, or what completes it, that leads out of the project.
func (p *paths) checkEscape(n ast.Node) {
	text := n.Text()
	if n.HasError() || strings.HasPrefix(text, "/") || strings.HasPrefix(text, "~") {
		return
	}
	if in := n.FirstChild(); in.IsValid() {
		text = text[:in.Start()-n.Start()] // as far as it is known
		text = text[:strings.LastIndexByte(text, '/')+1] + "."
	}
	target, ok := project.ResolveText(p.Path, text)
	if !ok || p.Project.Within(target) {
		return
	}
	use := p.useOf(n)
	if at, completed := p.completed(n); completed {
		use = directUse(at)
	}
	p.escapes(n, target, use, p.reads(n, use))
}

// checkCompletedEscape reports text behind a path literal that leads out of the project: ./. + "/../x".
func (p *paths) checkCompletedEscape(n ast.Node) {
	if n.HasError() {
		return
	}
	c, ok := project.Completed(n)
	if !ok || !strings.Contains(c.Rest, "..") {
		return
	}
	if c.LeavesCopy() {
		if use := directUse(c.At); use == probed || use == imported || readsFile(c.At) {
			p.leavesCopy(c, use)
		}
		return
	}
	target, ok := p.Project.Completion(p.Path, c)
	if use := directUse(c.At); ok && !p.Project.Within(target) && (use == probed || use == imported || readsFile(c.At)) {
		p.escapes(c.At, target, use, use != probed)
	}
}

// leavesCopy reports text that leads out of what is copied for the path literal before it.
func (p *paths) leavesCopy(c project.Completion, use use) {
	if documentation(c.At) {
		return
	}
	f := diag.Finding{
		Span: c.At.Span(), Message: fmt.Sprintf("%s leads out of %s, which is all that is copied to the store for it: reading it fails", diag.Code(c.At.Text()), diag.Code(c.Base.Text())),
		Help: fmt.Sprintf("write `%s + \"%s\"`, or the path itself", c.Base.Text(), c.Rest),
	}
	if !c.Whole {
		f.Help = fmt.Sprintf("write `%s + \"%s…\"`", c.Base.Text(), c.Rest)
	}
	s := rules.Degrees{Reached: diag.Error, Maybe: diag.Warning}
	if use == probed {
		f.Message = strings.Replace(f.Message, "reading it fails", "the test is false", 1)
		s = rules.Degrees{Reached: diag.Warning, Maybe: diag.Info}
	}
	p.Purely(c.At).Report(p.Pass, f, s)
}

// escapes reports a path that leads out of the project; reads tells that it surely is read, or copied.
func (p *paths) escapes(n ast.Node, target string, use use, reads bool) {
	if use == textOnly || documentation(n) {
		return
	}
	f := diag.Finding{
		Span: n.Span(), Message: fmt.Sprintf("%s lies outside of the repository, which is all that Nix copies: reading it fails", diag.Code(n.Text())),
		Help: "take the file into the repository, or make its folder an input of the flake",
	}
	if secretPath.MatchString(n.Text()) {
		f.Help += "; or read what is secret at run time"
	}
	s := rules.Degrees{Reached: diag.Warning, Maybe: diag.Info}
	if reads {
		s = rules.Degrees{Reached: diag.Error, Maybe: diag.Warning}
	}
	if p.Project.Repo() == nil {
		f.Message = fmt.Sprintf("%s lies outside of the flake, which is all that Nix copies: reading it fails", diag.Code(n.Text()))
		if p.Project.Exists(target) { // this may be part of a repository, without its .git
			s = rules.Degrees{Reached: diag.Warning, Maybe: diag.Info}
		}
	}
	if use == probed {
		f.Message = strings.Replace(f.Message, "reading it fails", "the test is false", 1)
		s = rules.Degrees{Reached: diag.Warning, Maybe: diag.Info}
	} else if p.guarded(literal{node: n, target: filepath.Clean(target)}) {
		return
	}
	p.Purely(n).Report(p.Pass, f, s)
}

// secretPath matches paths that look like those of secrets.
var secretPath = regexp.MustCompile(`(?i)secret|passw|token|credential|private|vault|sops|\.(age|gpg|key|pem)$`)

// reads reports whether a path literal is surely read, or copied, where it is used.
func (p *paths) reads(n ast.Node, use use) bool {
	at, _ := p.completed(n)
	return use == imported || readsFile(at) || at.Parent().Is(ast.Interpolation) || listIn(at) != ""
}

// completed returns the expression in which text is added to a path literal: ../x + "/y".
func (p *paths) completed(n ast.Node) (at ast.Node, ok bool) {
	at = n.OutsideParens()
	for up := at.Parent(); up.Is(ast.Binary) && up.Op() == ast.OpAdd && up.FirstChild() == at; up = at.Parent() {
		at, ok = up.OutsideParens(), true
	}
	return at, ok
}
