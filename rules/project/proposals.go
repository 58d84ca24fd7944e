package project

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

// propose names what is most likely meant: a file beside the missing one, or the one whose path ends so.
func (m *missing) propose(f *diag.Finding, a *absent, l literal, near string) {
	if near != "" {
		text := nearText(l.node, near)
		f.Help = "did you mean `" + text + "`?"
		f.Fixes = []diag.Fix{rules.Replace("name `"+text+"`", diag.Unsafe, l.node.Span(), text)}
		return
	}
	found := m.elsewhere(a, l)
	if !found.ok {
		return
	}
	rel, err := filepath.Rel(filepath.Dir(m.Path), found.path)
	if err != nil {
		return
	}
	text := filepath.ToSlash(rel)
	if !strings.HasPrefix(text, "../") {
		text = "./" + text
	}
	f.Help = "did you mean `" + text + "`?"
	if isPath(text) {
		f.Fixes = []diag.Fix{rules.Replace("name `"+text+"`", diag.Unsafe, l.node.Span(), text)}
	}
}

// elsewhere is the file of the project whose path ends like that of a missing one, if there is one.
type elsewhere struct {
	path string
	ok   bool
}

func (m *missing) elsewhere(a *absent, l literal) elsewhere {
	folders := !isContent(l.node)
	known := &a.elsewhere[index(folders)]
	if *known == nil {
		found, ok := m.Project.Elsewhere(m.Path, l.target, folders)
		*known = &elsewhere{found, ok}
	}
	return **known
}

// nearOf returns what is beside a missing file and was most likely meant where a place names it, or "".
func (m *missing) nearOf(a *absent, l literal) string {
	known := &a.near[index(isContent(l.node))]
	if *known == nil {
		near := m.nearSibling(l)
		*known = &near
	}
	return **known
}

func index(second bool) int {
	if second {
		return 1
	}
	return 0
}

// nearText returns a literal with its last part replaced.
func nearText(n ast.Node, name string) string {
	text := n.Text()
	return text[:strings.LastIndexByte(text, '/')+1] + name
}

// isPath reports whether a text can be written as a path literal.
func isPath(text string) bool {
	return strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+/") == ""
}

// maxEntries bounds how many names of a folder are compared with a missing one.
const maxEntries = 2000

// nearSibling returns what is beside a missing file and was most likely meant, or "": the same name with or without an
// extension, or a similar one. Nix code is not meant where the content of a file is.
func (m *missing) nearSibling(l literal) string {
	dir, base := filepath.Split(l.target)
	dir = filepath.Clean(dir)
	bare, isNix := strings.CutSuffix(base, ".nix")
	noCode := !isNix && isContent(l.node)
	names := m.Project.Entries(dir)
	names = names[:min(len(names), maxEntries)]
	if named := filepath.Join(dir, bare+".nix"); !noCode && named != m.Path && m.Project.Kind(named) != project.Nothing {
		return bare + ".nix"
	}
	if isNix && m.Project.Kind(filepath.Join(dir, bare, "default.nix")) != project.Nothing {
		return bare
	}
	ext := path.Ext(base)
	var extended, same, other []string
	for _, name := range names {
		e := path.Ext(name)
		switch {
		case name == filepath.Base(m.Path) || len(name) == len(e) || noCode && e == ".nix":
		case ext == "" && strings.TrimSuffix(name, e) == base && e != "":
			extended = append(extended, name)
		case digitsOnly(base, name):
		case e == ext:
			same = append(same, strings.TrimSuffix(name, e))
		case sameFormat(ext, e) && strings.TrimSuffix(name, e) == strings.TrimSuffix(base, ext):
			return name
		case ext != "" && knownExts[ext] && (e == "" || knownExts[e]):
		default:
			other = append(other, name)
		}
	}
	if len(extended) == 1 {
		return extended[0]
	}
	if guess := near.Find(strings.TrimSuffix(base, ext), same); guess != "" {
		return guess + ext
	}
	return near.Find(base, other)
}

// isContent reports whether a path stands for what the file holds, not for an expression in it: readFile ./x, "${./x}",
// source = ./x.
func isContent(n ast.Node) bool {
	at := n.OutsideParens()
	switch up := at.Parent(); up.Form() {
	case ast.Interpolation:
		return true
	case ast.Binding:
		return slices.ContainsFunc([]string{"source", "src", "configfile"}, (ast.BindingNode{Node: up}).Attrpath().IsSingle)
	case ast.Apply:
		fn, _ := ast.Call(up)
		switch ast.LastName(fn) {
		case "readFile", "readDir", "cleanSource", "fromTOML", "importTOML", "importJSON":
			return true
		}
	}
	return false
}

// knownExts are extensions that people choose: a file with another one of them is another file.
var knownExts = func() map[string]bool {
	known := map[string]bool{}
	for ext := range strings.FieldsSeq(`nix lock toml json json5 jsonc yaml yml xml ini conf cfg config env md rst txt adoc html css scss js mjs cjs ts tsx jsx
		lua vim el py pl rb sh bash zsh fish nu ps1 c h cc cpp hpp rs go hs cabal ml scm patch diff png jpg jpeg svg gif ico webp pdf ttf otf woff
		service socket timer desktop rules template tmpl in key pub pem crt cer age gpg asc gz xz zst bz2 zip tar dts dtb dtbo img iso bin sql csv org
		kdl rasi theme tera hbs j2 mk make properties gradle kts java kt swift proto graphql log`) {
		known["."+ext] = true
	}
	return known
}()

// sameFormat reports whether two extensions are spellings of one.
func sameFormat(a, b string) bool {
	for _, pair := range [][2]string{{".yaml", ".yml"}, {".jpg", ".jpeg"}, {".html", ".htm"}, {".patch", ".diff"}} {
		if a == pair[0] && b == pair[1] || a == pair[1] && b == pair[0] {
			return true
		}
	}
	return false
}

// digitsOnly reports whether two names differ in nothing but digits: host1, host2 are two files.
func digitsOnly(a, b string) bool {
	isDigit := func(c byte) bool { return '0' <= c && c <= '9' }
	if a == b {
		return false
	}
	for {
		for a != "" && isDigit(a[0]) {
			a = a[1:]
		}
		for b != "" && isDigit(b[0]) {
			b = b[1:]
		}
		if a == "" || b == "" || a[0] != b[0] {
			return a == b
		}
		a, b = a[1:], b[1:]
	}
}
