package project

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/module"
)

// importGraph is which files of a project are imported by which in any case: by path literals in imports, and in the lists of
// modules that functions are given. What a condition, a computed path or another project imports is not in it, so that
// it tells what surely is together, and never what is missing.
type importGraph struct {
	index *moduleIndex
	edges map[string][]importEdge // by file, those of the module that it is
	// clashes are what fails where an evaluation has two files, by the one that it is told of.
	clashes map[string][]Clash
	cycles  map[string]ImportCycle
	imaged  lazy[map[string]Image]
	// importers are the files that import one, by that.
	importers lazy[map[string][]string]
}

// importEdge is a file that another imports.
type importEdge struct {
	to     string
	span   source.Span
	called bool
}

// evaluation is a list of files that are imported together: what one flake, or one file, passes to the module system.
type evaluation struct {
	from  string
	span  source.Span
	start []string
}

// ClashKind says what two files disagree about.
type ClashKind uint8

// The kinds of clash.
const (
	DeclaredTwice ClashKind = iota // both declare an option, with types that do not go together
	DefinedTwice                   // both define an option, plainly and with different values
	ForcedTwice                    // both define an option with the same priority, stronger than a plain definition, and with different values
	WeakTwice                      // both define an option by mkDefault and with different values, and nothing with a stronger priority
	JoinedTwice                    // both define an option with such a priority and with lists, which are joined
)

// Clash is what fails wherever two files are imported together.
type Clash struct {
	Kind ClashKind
	Path []string
	Span source.Span
	// Value and OtherValue are those of the definitions.
	Value, OtherValue module.Value
	// Other is the other file, and the place in it.
	Other     string
	OtherSpan source.Span
	// Unsure is set where a file that may belong to the evaluation, too, defines the option with a stronger priority.
	Unsure bool
	// Root is a file that imports both, through others or not.
	Root     string
	RootSpan source.Span
}

// ImportCycle is a way of imports that leads from a file back to it.
type ImportCycle struct {
	Span source.Span // of the import, in the file
	// Files are those on the way, from the one that is imported to the file itself.
	Files []string
}

// Clashes returns what fails wherever a file is imported together with another one, as some evaluation of the project does.
func (a *Answers) Clashes(path string) []Clash {
	if a.deps != nil {
		q := question{"clashes", path, ""}
		same := func(x, y []Clash) bool { return slices.EqualFunc(x, y, Clash.equal) }
		return notedBy(a.View, q, same, func(a *Answers) []Clash { return a.Clashes(path) })
	}
	return a.importGraph().clashes[path]
}

func (c Clash) equal(o Clash) bool {
	return c.Kind == o.Kind && slices.Equal(c.Path, o.Path) && c.Span == o.Span && c.Unsure == o.Unsure && c.Other == o.Other && c.OtherSpan == o.OtherSpan &&
		c.Root == o.Root && c.RootSpan == o.RootSpan && c.Value.Describe() == o.Value.Describe() && c.OtherValue.Describe() == o.OtherValue.Describe()
}

// Cycle returns a cycle of imports that a file is in; ok is false where there is none, or where it is told of another file.
func (a *Answers) Cycle(path string) (c ImportCycle, ok bool) {
	if a.deps != nil {
		type answer struct {
			ImportCycle
			ok bool
		}
		same := func(x, y answer) bool { return x.ok == y.ok && x.Span == y.Span && slices.Equal(x.Files, y.Files) }
		got := notedBy(a.View, question{"import cycle", path, ""}, same, func(a *Answers) answer {
			c, ok := a.Cycle(path)
			return answer{c, ok}
		})
		return got.ImportCycle, got.ok
	}
	c, ok = a.importGraph().cycles[path]
	return c, ok
}

func (a *Answers) importGraph() *importGraph {
	x := a.moduleIndex()
	g := a.folder.ground
	return x.graph.get(g, func() *importGraph {
		graph := &importGraph{index: x, edges: map[string][]importEdge{}, clashes: map[string][]Clash{}, cycles: map[string]ImportCycle{}}
		var all []evaluation
		imported := map[string]bool{}
		for _, path := range x.paths {
			lists := make([]evaluation, x.said[path].Lists+1)
			for _, i := range x.said[path].Imports {
				to, ok := x.moduleAt(path, i.Path)
				if !ok {
					continue
				}
				if i.List > 0 {
					l := &lists[i.List]
					l.from, l.start = path, append(l.start, to)
					if len(l.start) == 1 {
						l.span = i.Span
					}
					continue
				}
				graph.edges[path] = append(graph.edges[path], importEdge{to, i.Span, i.Called})
				imported[to] = imported[to] || to != path
			}
			for _, l := range lists {
				if len(l.start) > 0 {
					all = append(all, l)
				}
			}
		}
		for _, path := range x.paths {
			if !imported[path] && len(graph.edges[path]) > 0 {
				all = append(all, evaluation{path, graph.edges[path][0].span, []string{path}})
			}
		}
		graph.findClashes(all)
		graph.findCycles()
		return graph
	})
}

// moduleAt returns the file that a path literal in a file names, if that says something about modules.
func (x *moduleIndex) moduleAt(from, literal string) (path string, ok bool) {
	if strings.HasPrefix(literal, "~") || strings.HasPrefix(literal, "<") {
		return "", false
	}
	path = resolve(from, literal)
	if x.said[path] == nil {
		path = filepath.Join(path, "default.nix")
	}
	return path, x.said[path] != nil
}

// together returns the files that an evaluation imports in any case, the nearest first; none where it takes modules out.
func (g *importGraph) together(e evaluation) []string {
	seen := map[string]bool{}
	var files []string
	add := func(path string) {
		if !seen[path] {
			seen[path] = true
			files = append(files, path)
		}
	}
	for _, path := range e.start {
		add(path)
	}
	for i := 0; i < len(files); i++ {
		if g.index.said[files[i]].Disables {
			return nil
		}
		for _, edge := range g.edges[files[i]] {
			add(edge.to)
		}
	}
	return files
}

// findCycles finds a cycle for each group of files that import each other, and tells it of the first file.
func (g *importGraph) findCycles() {
	state := map[string]int{} // 1 on the way, 2 done
	var way []string
	var visit func(path string)
	visit = func(path string) {
		state[path] = 1
		way = append(way, path)
		for _, e := range g.edges[path] {
			switch state[e.to] {
			case 0:
				if len(way) < maxWay {
					visit(e.to)
				}
			case 1:
				g.addCycle(way[slices.Index(way, e.to):])
			}
		}
		way = way[:len(way)-1]
		state[path] = 2
	}
	for _, path := range g.index.paths {
		if state[path] == 0 && len(g.edges[path]) > 0 {
			visit(path)
		}
	}
}

// addCycle tells a cycle of its first file.
func (g *importGraph) addCycle(files []string) {
	first := files[0]
	if _, told := g.cycles[first]; told {
		return
	}
	rotated := append(slices.Clone(files[1:]), first)
	i := slices.IndexFunc(g.edges[first], func(e importEdge) bool { return e.to == rotated[0] })
	g.cycles[first] = ImportCycle{g.edges[first][i].span, rotated}
}

// maxWay bounds the depth to which imports are followed for cycles.
const maxWay = 1000

// singleOptions are options of NixOS, home-manager and nix-darwin that have one value.
var singleOptions = map[string]bool{
	"time.timeZone": true, "networking.hostName": true, "networking.domain": true, "networking.hostId": true, "networking.useDHCP": true,
	"i18n.defaultLocale": true, "system.stateVersion": true, "home.stateVersion": true, "home.username": true, "home.homeDirectory": true,
	"console.keyMap": true, "console.font": true, "users.mutableUsers": true, "networking.firewall.enable": true,
	"networking.networkmanager.enable": true, "services.xserver.xkb.layout": true, "services.xserver.xkb.variant": true,
	"boot.loader.timeout": true, "boot.loader.systemd-boot.enable": true, "boot.loader.grub.enable": true,
	"security.sudo.wheelNeedsPassword": true, "services.openssh.settings.PermitRootLogin": true,
	"services.openssh.settings.PasswordAuthentication": true, "networking.nftables.enable": true, "zramSwap.enable": true,
}

// single reports whether an option has one value, which two definitions must agree on.
func (x *moduleIndex) single(path []string) bool {
	root := x.options()
	if answer := root.find(path); answer.Verdict == OptionExists {
		return answer.At == len(path) && !slices.ContainsFunc(answer.Declared, func(d DeclaredOption) bool { return !d.Type.HasOneValue() })
	} else if answer.Verdict == OptionRenamed {
		return false
	}
	if singleOptions[strings.Join(path, ".")] {
		return true
	}
	return len(path) == 3 && path[2] == "enable" && switches[path[0]]
}

// switches are namespaces below which enable is a Boolean.
var switches = map[string]bool{"services": true, "programs": true, "hardware": true, "virtualisation": true, "security": true}
