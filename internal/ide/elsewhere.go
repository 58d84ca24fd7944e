package ide

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

// LockDefinition returns where what stands at an offset of a flake.lock is defined: of an input its node, of the name of a node where
// flake.nix declares the input that brings it, and of one that another flake brings the input there.
func LockDefinition(s *project.Snapshot, path, text string, offset uint32) (origin source.Span, to []Location) {
	dir := filepath.Dir(path)
	f := s.Flake(dir)
	if f == nil {
		f = flake.NewAlone(dir, s.LockFile(dir))
	}
	if f.Lock == nil || f.Lock.Text != text {
		return origin, nil
	}
	here := func(at source.Span) bool { return at.Start <= offset && offset <= at.End && at.Len() > 0 }
	nodeAt := func(name string) []Location {
		if n := f.Lock.Node(name); n != nil {
			return []Location{{path, source.Span{Start: n.Key.Start, End: n.Span.End}, n.Key}}
		}
		return nil
	}
	if here(f.Lock.RootSpan) {
		return f.Lock.RootSpan, nodeAt(f.Lock.Root)
	}
	for _, n := range f.Lock.Nodes {
		if here(n.Key) {
			return n.Key, broughtBy(f, path, n.Name)
		}
		for _, in := range n.Inputs {
			if !here(in.Key) && !here(in.Value) {
				continue
			}
			origin = in.Key
			if here(in.Value) {
				origin = in.Value
			}
			if target, ok := f.Target(n.Name, in.Name); ok {
				to = nodeAt(target)
			}
			return origin, to
		}
	}
	return origin, nil
}

// broughtBy returns where the input is declared that a node of the lock file is.
func broughtBy(f *flake.Flake, path, node string) (to []Location) {
	way, ok := f.PathTo(node)
	if !ok || len(way) == 0 {
		return nil
	}
	if len(way) > 1 {
		owner, _ := f.Resolve(way[:len(way)-1])
		if n := f.Lock.Node(owner); n != nil {
			if in, ok := n.Input(way[len(way)-1]); ok {
				to = append(to, Location{path, in.Key, in.Key})
			}
		}
		return to
	}
	if f.Nix == nil {
		return nil
	}
	in := f.Nix.Input(way[0])
	if in == nil || !in.NameNode.IsValid() {
		return nil
	}
	at := Location{filepath.Join(f.Dir, "flake.nix"), in.NameNode.Span(), in.NameNode.Span()}
	if decls := in.Decls(); len(decls) > 0 {
		at.Span = decls[0].Span()
	}
	return []Location{at}
}

// installable matches a reference of an output of a flake in a folder, as commands have it: the folder, and the path of the output.
var installable = regexp.MustCompile(`(?:^|[\s"'=(])((?:path:)?\.{1,2}(?:/[A-Za-z0-9_./+-]*)?)?#([A-Za-z0-9_][A-Za-z0-9_.'"+-]*)`)

// outputSets are the outputs in which commands look for a name: those with an attribute for each system, and those that are one name each.
var outputSets = []string{"packages", "legacyPackages", "devShells", "apps", "checks", "formatter", "bundlers"}

var hostSets = []string{"nixosConfigurations", "darwinConfigurations", "homeConfigurations"}

// InstallableAt returns where the output is defined that a word such as .#name names at an offset of a text: that of a file which is no
// Nix code, such as one for CI. Relative folders are those of the view.
func (v *View) InstallableAt(text string, offset uint32) (origin source.Span, to []Location) {
	start := uint32(strings.LastIndexByte(text[:offset], '\n') + 1)
	line := text[start:]
	if end := strings.IndexAny(line, "\r\n"); end >= 0 {
		line = line[:end]
	}
	for _, m := range installable.FindAllStringSubmatchIndex(line, -1) {
		from := m[4]
		if m[2] >= 0 {
			from = m[2]
		} else {
			from-- // the sign
		}
		name := strings.TrimRight(line[m[4]:m[5]], ".'\"")
		origin = source.Span{Start: start + uint32(from), End: start + uint32(m[4]+len(name))}
		if offset < origin.Start || offset > origin.End {
			continue
		}
		dir := v.Root()
		if m[2] >= 0 {
			dir = filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(line[m[2]:m[3]], "path:")))
		}
		for dir != v.Root() && v.Within(dir) && v.Kind(filepath.Join(dir, "flake.nix")) != project.Regular {
			dir = filepath.Dir(dir) // commands look above, too
		}
		return origin, v.outputsNamed(dir, splitName(name))
	}
	return origin, nil
}

// splitName splits the path of an output: names may be quoted.
func splitName(text string) []string {
	parts := splitOutside(text, '.')
	for i := range parts {
		parts[i] = strings.Trim(parts[i], `"`)
	}
	return parts
}

// outputsNamed returns where the outputs of a flake are defined that a path names, as commands look for it.
func (v *View) outputsNamed(dir string, path []string) (to []Location) {
	root := v.Outputs(dir)
	find := func(path []string) bool {
		o := root
		for _, name := range path {
			if o = o.Below[name]; o == nil {
				return false
			}
		}
		if at := (Location{o.File, o.Span, o.Span}); o.File != "" && !slices.Contains(to, at) {
			to = append(to, at)
		}
		return true
	}
	if root == nil || find(path) && len(to) > 0 {
		return to
	}
	for _, set := range outputSets {
		if systems := root.Below[set]; systems != nil {
			for _, system := range systems.Names() {
				find(append([]string{set, system}, path...))
			}
		}
	}
	for _, set := range hostSets {
		find(append([]string{set}, path...))
	}
	return to
}

// ownOutput returns where the output of the flake around the file is defined that a node names, behind self and perhaps the name of a
// system that is computed.
func (v *View) ownOutput(of, n ast.Node) (to []Location) {
	dir := v.FlakeDir()
	name, static := ast.AttrName(n)
	if dir == "" || !static {
		return nil
	}
	base, path := chain(of)
	if !base.Is(ast.Ident) || !v.fromCaller(base) {
		return nil
	}
	switch word := base.Text(); {
	case word == "inputs" && len(path) > 0 && path[0] == "self":
		path = path[1:]
	case word != "self" || len(path) > 0 && path[0] == "inputs":
		return nil
	}
	for _, o := range outputsAt(v.Outputs(dir), append(path[:len(path):len(path)], name)) {
		if at := (Location{o.File, o.Span, o.Span}); o.File != "" && !slices.Contains(to, at) {
			to = append(to, at)
		}
	}
	return to
}

// outputsAt returns the outputs at a path, in which "" stands for any name.
func outputsAt(root *project.Outputs, path []string) (found []*project.Outputs) {
	if root == nil {
		return nil
	}
	found = []*project.Outputs{root}
	for _, name := range path {
		var next []*project.Outputs
		for _, o := range found {
			if name != "" {
				if below := o.Below[name]; below != nil {
					next = append(next, below)
				}
				continue
			}
			for _, any := range o.Names() {
				next = append(next, o.Below[any])
			}
		}
		found = next
	}
	return found
}

// inputOutput returns the input of the flake that a node names an output of, with the path of that, and where it is defined: in the
// source of the input, if that is at hand.
func (v *View) inputOutput(of, n ast.Node) (in input, path []string, to []Location) {
	name, static := ast.AttrName(n)
	base, path := chain(of)
	if v.FlakeDir() == "" || !static || !base.Is(ast.Ident) || !v.fromCaller(base) {
		return in, nil, nil
	}
	path = append(path[:len(path):len(path)], name)
	word := base.Text()
	if word == "self" && path[0] == "inputs" {
		word, path = "inputs", path[1:]
	}
	f := v.Flake()
	switch {
	case f == nil || f.Nix == nil || len(path) < 2 && word == "inputs":
		return in, nil, nil
	case word == "inputs":
		word, path = path[0], path[1:]
	default:
		b := v.names().Resolve(base)
		if lambda := f.Nix.Outputs.Lambda; b == nil || b.Kind != sema.FormalBinding || v.path != filepath.Join(f.Dir, "flake.nix") || !lambda.IsValid() || b.Decl.Parent().Parent().Span() != lambda.Span() {
			return in, nil, nil
		}
	}
	found := f.Nix.Input(word)
	if found == nil {
		return in, nil, nil
	}
	if source, s, ok := v.InputFlake(f.Dir, word); ok && source != nil {
		for _, o := range outputsAt(v.Outputs(s.Dir), path) {
			if at := (Location{o.File, o.Span, o.Span}); o.File != "" && !slices.Contains(to, at) {
				to = append(to, at)
			}
		}
	}
	return input{f, found, word}, path, to
}
