package builders

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/shell"
)

// Program returns the base name of the program that a command runs: what internal/shell tells, or that of an interpolation such
// as ${lib.getExe pkgs.curl} and ${lib.getExe' pkgs.curl "curl"}. It is "" where that is not known, and for functions of the script.
func (t *Text) Program(s *shell.Script, cmd *shell.Command) string {
	if cmd.Name != "" {
		if s.Defines(cmd.Name) && !strings.Contains(cmd.Word.Text, "/") {
			return ""
		}
		return cmd.Name
	}
	if n := t.Interpolated(&cmd.Word); n.IsValid() && len(cmd.Word.Text) > 0 && strings.HasSuffix(cmd.Word.Text, "}") {
		return t.r.executable(n)
	}
	return ""
}

// Script returns the script of the file, or of the project, that a command runs: ${./x.sh}, bash ${./x.sh}, a text that
// writeShellScript and its kin make a program of. ok is false for other commands.
func (t *Text) Script(cmd *shell.Command) (s Script, ok bool) {
	word := &cmd.Word
	switch cmd.Name {
	case "bash", "sh", "source", ".", "dash", "zsh":
		if len(cmd.Args) == 0 {
			return s, false
		}
		word = &cmd.Args[0]
		for i := range cmd.Args {
			if !strings.HasPrefix(cmd.Args[i].Text, "-") {
				word = &cmd.Args[i]
				break
			}
		}
	}
	n := t.Interpolated(word)
	if !n.IsValid() {
		return s, false
	}
	to := t.r.Follow(n)
	if fn, args := ast.Call(to); len(args) == 1 && nixlang.Lib(t.r.Names, fn) == "getExe" {
		to = t.r.Follow(args[0])
	}
	if path, isFile := t.r.file(to); isFile && strings.HasSuffix(word.Text, "}") {
		return Script{Expr: n, Path: path}, true
	}
	c, isCall := t.r.call(to)
	if !isCall || len(c.args) == 0 {
		return s, false
	}
	switch c.name {
	case "toFile", "writeText", "writeScript", "writeShellScript", "writeScriptBin", "writeShellScriptBin":
		if len(c.args) == 2 {
			return Script{Expr: c.args[1]}, true
		}
	case "writeShellApplication":
		if b, has := ast.Attr(c.args[0], "text"); has {
			return Script{Expr: b.Value()}, true
		}
	}
	return s, false
}

// executable returns the name of the program that an expression is the path of.
func (r *Reader) executable(n ast.Node) string {
	n = r.Follow(n)
	if !n.IsCall() {
		return ""
	}
	fn, args := ast.Call(n)
	switch name := nixlang.Lib(r.Names, fn); {
	case name == "getExe" && len(args) == 1:
		return programOf(ast.LastName(r.Follow(args[0])))
	case name == "getExe'" && len(args) == 2:
		text, _ := ast.StringValue(r.Follow(args[1]))
		return text
	}
	return ""
}

// mainPrograms are packages of nixpkgs whose program has another name (meta.mainProgram).
var mainPrograms = map[string]string{
	"kubernetes-helm": "helm", "curlMinimal": "curl", "curlFull": "curl", "gitMinimal": "git", "gitFull": "git", "yq-go": "yq", "cri-tools": "crictl",
	"go-containerregistry": "crane", "kubernetes-helm-wrapped": "helm", "nodejs": "node", "aria2": "aria2c", "yarn-berry": "yarn", "kustomize_4": "kustomize",
	"wget2": "wget2", "docker-client": "docker", "pnpm_9": "pnpm", "pnpm_10": "pnpm", "pnpm_8": "pnpm", "regclient": "regctl", "uutils-coreutils": "coreutils",
}

// programOf returns the name of the main program of a package.
func programOf(pkg string) string {
	if name, ok := mainPrograms[pkg]; ok {
		return name
	}
	return pkg
}
