package project

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/comes"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/role"
)

// RefKind says how a file refers to another.
type RefKind uint8

// The kinds of reference.
const (
	Other          RefKind = iota // a path literal of no further meaning
	Import                        // import ./x
	ImportWithArgs                // import ./x { … }
	CallPackage                   // callPackage ./x { … }, and its kin
	InList                        // an element of imports, modules and the like
	Copied                        // what lies there is data: readFile ./x, source = ./x, the path of a template, "${./x}"
)

// evaluates reports whether a reference of the kind makes Nix evaluate the file.
func (k RefKind) evaluates() bool { return k != Other && k != Copied }

// Reference is one place that names a file.
type Reference struct {
	From string // the referring file
	Kind RefKind
	// words are those of the argument behind it, as far as it can hold what is passed to what the file holds: for
	// CallPackage, and for other calls of no further meaning with a path and a set.
	words []string
	open  bool // a set that is not written out is passed
}

// Passes reports whether the arguments that a call passes along with the path may have one of the given name: callPackage
// does, and so do functions of a project's own, callFromScope ./x { … }.
func (r Reference) Passes(name string) bool { return r.open || slices.Contains(r.words, name) }

// literal is a path literal without interpolation.
type literal struct {
	text string
	kind RefKind
	how  Reach // how a flake that surely reaches the file around it reaches what it names, where it is none of a default
	// attr is the attribute of the file around it for which it stands there, or "".
	attr string
	// guards are what has to be so of the arguments of the function that the file around it is.
	guards []comes.Guard
	// asks are the attributes that are asked for of what an import or a call gives; nil where it may be any.
	asks []comes.Ask
	// quoted is set where it becomes part of a text: a program may evaluate it, by itself.
	quoted bool
	words  []string
	open   bool
}

var references = declare(fact[literal, *referenceIndex]{
	raises: raisers{paths: true},
	follow: func(t *ast.Tree, names comes.Names) (found []literal) {
		last := "" // files of data repeat it
		for i, r := range t.Records() {
			if r.Kind != ast.Path {
				continue
			}
			n := t.Node(ast.NodeID(i))
			text := last
			if n.Text() != last {
				text = literalPath(n)
			}
			if text != "" {
				last = text
				l := literal{text: text, kind: refKind(n)}
				if l.kind.evaluates() {
					way := comes.By(n, names)
					l.how, l.attr, _ = reachOf(&way)
					l.guards = way.Guards
					if l.kind == InList || l.kind == CallPackage {
						l.attr = "" // a module is asked for all; of a package nearly always
					} else if l.how > Unreached {
						if asks, all := comes.Asks(n, names); !all {
							l.asks = append(make([]comes.Ask, 0, len(asks)), asks...)
						}
					}
				} else {
					l.quoted = isQuoted(n)
				}
				if arg := argumentBehind(n); arg.IsValid() && (l.kind == CallPackage || l.kind == Other && mayBeSet(arg)) {
					l.words, l.open = argumentWords(arg.Text()), !writtenOut(arg, maxWritten)
				}
				found = append(found, l)
			}
		}
		return found
	},
	index: newReferenceIndex,
})

// ForReferences are the facts that tell who refers to a file, and so what that is.
var ForReferences = references.facts()

// argumentBehind returns the argument that a function gets behind a path, as in f ./x { … }; the node is invalid where
// there is none.
func argumentBehind(path ast.Node) ast.Node {
	at := path.OutsideParens()
	call, ok := ast.AsApply(at.Parent())
	if !ok || call.Arg() != at {
		return ast.Node{}
	}
	fn := call.OutsideParens()
	outer, ok := ast.AsApply(fn.Parent())
	if !ok || outer.Func() != fn {
		return ast.Node{}
	}
	return outer.Arg()
}

// mayBeSet reports whether an expression is none that surely gives something else than a set.
func mayBeSet(n ast.Node) bool {
	switch n = n.Unparen(); n.Kind() {
	case ast.AttrSet, ast.Ident, ast.Select, ast.Apply, ast.Let, ast.With, ast.Assert, ast.If:
		return true
	case ast.Binary:
		return n.Op() == ast.OpUpdate
	}
	return false
}

// maxWritten bounds how deep writtenOut looks.
const maxWritten = 64

// writtenOut reports whether all attributes of a set stand in an expression.
func writtenOut(n ast.Node, left int) bool {
	if left == 0 {
		return false
	}
	switch n = n.Unparen(); n.Kind() {
	case ast.AttrSet:
		return true
	case ast.Binary:
		return n.Op() == ast.OpUpdate && writtenOut(n.Child(0), left-1) && writtenOut(n.Child(1), left-1)
	case ast.Let, ast.With, ast.Assert:
		return writtenOut(n.Child(1), left-1)
	case ast.If:
		return writtenOut(n.Child(1), left-1) && writtenOut(n.Child(2), left-1)
	case ast.Apply:
		fn, _ := ast.Call(n)
		return ast.LastName(fn) == "optionalAttrs" && writtenOut((ast.ApplyExpr{Node: n}).Arg(), left-1)
	}
	return false
}

// References returns the places in the project that name a file by a path literal; a folder stands for its default.nix.
func (a *Answers) References(path string) []Reference {
	if a.deps != nil {
		same := func(x, y []Reference) bool { return slices.EqualFunc(x, y, Reference.equal) }
		return notedBy(a.View, question{"references", path, ""}, same, func(a *Answers) []Reference { return a.References(path) })
	}
	return a.references().find(path)
}

func (r Reference) equal(o Reference) bool {
	return r.From == o.From && r.Kind == o.Kind && r.open == o.open && slices.Equal(r.words, o.words)
}

// Role returns the role of a file of the given shape.
func (a *Answers) Role(path string, shape role.Shape) role.Role {
	var refs role.Refs
	for _, r := range a.References(path) {
		switch r.Kind {
		case ImportWithArgs:
			refs |= role.ImportedWithArgs
		case CallPackage:
			refs |= role.Called
		case InList:
			refs |= role.Listed
		}
	}
	return shape.Role(refs)
}

func (a *Answers) references() *referenceIndex { return references.in(a) }

// Copied reports whether a file, or a folder that it lies in, is only copied by the files of the project, as the
// skeleton of something else: then it is evaluated at another place, with other files around it.
func (a *Answers) Copied(path string) bool {
	if a.deps != nil {
		return noted(a.View, question{"copied", path, ""}, func(a *Answers) bool { return a.Copied(path) })
	}
	s := a.references().standingOf(a.folder, path)
	return s.copied && !s.evaluated
}

// standingOf returns the standing of what lies in a project.
func (x *referenceIndex) standingOf(project *folder, at string) standing {
	up := filepath.Dir(at)
	if !project.within(at) || at == project.root || at == up {
		return standing{}
	}
	return x.standing.get(at, func() standing {
		s := x.standingOf(project, up)
		s.evaluated = s.evaluated || slices.ContainsFunc(x.find(at), func(r Reference) bool { return r.Kind.evaluates() })
		for from, l := range x.to(at) {
			// What lies in the folder itself names it for itself.
			s.copied = s.copied || l.kind == Copied && !strings.HasPrefix(from, at+string(filepath.Separator))
		}
		return s
	})
}

// lastName returns what follows the last slash of a path literal, or "" where that is no name.
func lastName(literal string) string {
	name := literal[strings.LastIndexByte(literal, '/')+1:]
	if name == "." || name == ".." {
		return ""
	}
	return name
}

// Resolve returns the absolute path that a path literal without interpolation names, relative to the file
// it stands in. ~/ is not resolved.
func Resolve(file string, path ast.Node) (target string, ok bool) {
	if !path.Is(ast.Path) || path.FirstChild().IsValid() || path.HasError() {
		return "", false
	}
	return ResolveText(file, path.Text())
}

// ResolveText is Resolve for the text of a path literal; of other text it is false.
func ResolveText(file, text string) (target string, ok bool) {
	if strings.HasPrefix(text, "~") || !strings.Contains(text, "/") || strings.ContainsAny(text, "$ \t\r\n\"'<>") {
		return "", false
	}
	return resolve(file, text), true
}

// resolve joins the path of a file's folder, clean, and a literal.
func resolve(file, literal string) string {
	if strings.HasPrefix(literal, "/") {
		return filepath.Clean(literal)
	}
	dir, _ := filepath.Split(file)
	if rest, ok := strings.CutPrefix(literal, "./"); ok && filepath.Separator == '/' && isClean(rest) {
		return dir + rest
	}
	return filepath.Join(dir, filepath.FromSlash(literal))
}

// isClean reports whether a relative path surely has neither empty parts nor parts of dots.
func isClean(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part[0] == '.' {
			return false
		}
	}
	return true
}

// Evaluates reports whether the expression around a path literal has Nix evaluate the file, so that a folder stands for its default.nix.
func Evaluates(path ast.Node) bool { return refKind(path).evaluates() }

// refKind tells what the expression around a path literal does with it.
func refKind(n ast.Node) RefKind {
	at := n.OutsideParens()
	if app, ok := ast.AsApply(at.Parent()); ok {
		if app.Arg() == at {
			switch name := ast.LastName(app.Func()); {
			case name == "import":
				if outer, ok := ast.AsApply(app.OutsideParens().Parent()); ok && outer.Func().Unparen() == app.Node {
					return ImportWithArgs
				}
				if list := app.OutsideParens().Parent(); inModules(list) {
					return InList
				}
				return Import
			case strings.HasPrefix(name, "callPackage") || name == "newScope" || name == "callPackages":
				return CallPackage
			case role.ReadsTest(name):
				return Import
			case name == "readFile":
				return Copied
			}
		}
	}
	switch parent := at.Parent(); parent.Kind() {
	case ast.List:
		if inModules(parent) {
			return InList
		}
	case ast.Interpolation:
		return Copied
	case ast.Binding:
		if (ast.BindingNode{Node: parent}).Attrpath().LastName() == "source" || isTemplate(parent) {
			return Copied
		}
	}
	return Other
}

// isQuoted reports whether a path becomes part of a text: "${./x}", toString ./x.
func isQuoted(n ast.Node) bool {
	at := n.OutsideParens()
	if call, ok := ast.AsApply(at.Parent()); ok && call.Arg() == at {
		return ast.LastName(call.Func()) == "toString" && !refKind(call.Node).evaluates()
	}
	in := at.Parent()
	return in.Is(ast.Interpolation) && !refKind(in.Parent()).evaluates()
}

// maxTemplate bounds how far above its path the name of a flake's templates is looked for.
const maxTemplate = 12

// isTemplate reports whether a binding is the path of a template of a flake: templates.x.path, defaultTemplate.path.
func isTemplate(binding ast.Node) bool {
	if last := (ast.BindingNode{Node: binding}).Attrpath().LastName(); last != "path" {
		return false
	}
	left := maxTemplate
	for up := binding; up.IsValid() && left > 0; up, left = up.Parent(), left-1 {
		if b, ok := ast.AsBinding(up); ok && b.Attrpath().Has("templates", "defaultTemplate") {
			return true
		}
	}
	return false
}

// inModules reports whether an expression is a list whose elements become modules.
func inModules(list ast.Node) bool {
	if !list.Is(ast.List) {
		return false
	}
	name, _ := modsys.Listed(list)
	return name != ""
}

// maxArgument is the length in bytes up to which an argument is read.
const maxArgument = 1 << 14

// argumentWords returns the words of an argument, each once.
func argumentWords(text string) []string {
	words := strings.FieldsFunc(text[:min(len(text), maxArgument)], func(r rune) bool { return !isWord(r) })
	slices.Sort(words)
	words = slices.Compact(words)
	for i, w := range words {
		words[i] = strings.Clone(w)
	}
	return slices.Clip(words)
}

func isWord(r rune) bool {
	return r == '_' || r == '-' || r == '\'' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}
