package project

import (
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// Outputs is what is known of the outputs of a flake, or of what one of them holds: a tree of names.
type Outputs struct {
	// Below has the names that are seen to be defined, if only perhaps.
	Below map[string]*Outputs
	// Whole tells that there are no others.
	Whole bool
	// File and Span are where it is defined: the name, or else the value; the file is "" where that is not known.
	File string
	Span source.Span

	files map[string]bool // of the root: the files that were evaluated for it
}

// unknownOutputs is what nothing is known of.
var unknownOutputs = &Outputs{}

// Names returns the names that are seen to be defined, sorted.
func (o *Outputs) Names() []string { return slices.Sorted(maps.Keys(o.Below)) }

// Missing follows a path of names, of which "" is one that is not known, to the first that surely is not there: at is its index,
// and names are those that are defined in its place. ok is false where nothing is surely missing.
func (o *Outputs) Missing(path []string) (at int, names []string, ok bool) {
	if len(path) == 0 {
		return 0, nil, false
	}
	if name := path[0]; name != "" {
		below := o.Below[name]
		if below == nil {
			return 0, o.Names(), o.Whole
		}
		at, names, ok = below.Missing(path[1:])
		return at + 1, names, ok
	}
	if !o.Whole || len(o.Below) == 0 {
		return 0, nil, false
	}
	all := map[string]bool{}
	for _, below := range o.Below {
		i, some, missing := below.Missing(path[1:])
		if !missing || ok && i != at {
			return 0, nil, false
		}
		at, ok = i, true
		for _, name := range some {
			all[name] = true
		}
	}
	return at + 1, slices.Sorted(maps.Keys(all)), true
}

// equal reports whether two trees have the same names, wherever they are defined.
func (o *Outputs) equal(other *Outputs) bool {
	return o == other || o.Whole == other.Whole && maps.EqualFunc(o.Below, other.Below, (*Outputs).equal)
}

// Outputs returns what is known of the outputs of the flake in a folder, evaluated as Nix does, with nothing known of what other
// flakes give but for some libraries of functions; nothing at all where there is no flake.
func (v *View) Outputs(dir string) *Outputs {
	if v.deps != nil {
		return notedBy(v, question{"outputs", dir, ""}, (*Outputs).equal, func(a *Answers) *Outputs { return a.Outputs(dir) })
	}
	return v.snapshot.outputs.get(dir, func() *Outputs {
		r := v.readerOf(dir)
		r.source = sourceOf(r.view, dir)
		o := r.read()
		root := *o
		root.files = r.files
		return &root
	})
}

// outputsAfter returns the outputs that do not depend on files that have changed, for the snapshot with these.
func outputsAfter(m *memo[string, *Outputs], changed []string) *memo[string, *Outputs] {
	var gone []string
	for dir, o := range m.known() {
		if dependsOn(o.files, dir, changed) {
			gone = append(gone, dir)
		}
	}
	return m.without(gone...)
}

// What reading the outputs of a flake may cost: a question and all of them, in steps; the levels and names of the tree.
const (
	fuelOfOutputs  = 200_000
	workOfOutputs  = 2_000_000
	maxOutputDepth = 3
	maxDeployDepth = 4 // of nodes.HOST.profiles.PROFILE
	maxOutputNames = 4_000
)

// outputsReader evaluates the outputs of a flake.
type outputsReader struct {
	view *View
	dir  string
	// source is the root of what Nix sees, "" where the evaluation knows nothing of the files around the code.
	source string
	files  map[string]bool
	ev     *eval.Evaluation
	spent  int
	names  int
	hole   eval.Passage // of which nothing is to be known
	hosts  bool         // hosts are of interest: see hostReader
	// self and handed are the flake itself and its outputs, and its inputs with self and without.
	self, handed []eval.Part
}

func (r *outputsReader) read() *Outputs {
	root := r.root()
	if !root.IsValid() {
		return unknownOutputs
	}
	return r.tree(root, maxOutputDepth)
}

// root returns the outputs of the flake, called as Nix does; none where nothing is known of them.
func (r *outputsReader) root() eval.Part {
	f := r.view.FlakeIn(r.dir)
	if f == nil || !f.Nix.Outputs.IsLambda {
		return eval.Part{}
	}
	r.ev = eval.NewEvaluation()
	code := r.imported(filepath.Join(r.dir, "flake.nix"))
	if code == nil {
		return eval.Part{}
	}
	r.ev.Fuel, r.ev.Import, r.ev.Texts = fuelOfOutputs, r.imported, true
	if r.source != "" {
		r.ev.Disk = r.disk()
	}
	return r.called(f, code)
}

// called returns what calling the outputs of a flake gives; none where they are not known.
func (r *outputsReader) called(f *flake.Flake, code *eval.Code) eval.Part {
	function, ok := r.ev.Ask(code.Root()).Attr("outputs")
	if !ok {
		return eval.Part{}
	}
	called := r.ev.Ask(calledFlake.apply(map[string]eval.Part{
		"outputs": function, "inputs": r.inputs(f), "unknown": eval.Open(), "outPath": eval.Text(r.dir),
		"perhaps": eval.Perhaps("rev", "shortRev", "dirtyRev", "dirtyShortRev", "revCount", "submodules"),
	}))
	result := called.Member("result")
	r.self, r.handed = []eval.Part{called.Member("self"), result}, []eval.Part{called.Member("given"), called.Member("inputs")}
	return result
}

// tree asks for the names of a set, and of what it holds, as many levels of them.
func (r *outputsReader) tree(p eval.Part, levels int) *Outputs {
	if !p.IsValid() || levels == 0 || r.spent > workOfOutputs || r.names > maxOutputNames {
		return unknownOutputs
	}
	v := r.ev.Ask(p)
	r.spent += r.ev.Cost()
	names, whole := v.Members()
	if len(names) == 0 && !whole {
		return unknownOutputs
	}
	r.names += len(names)
	o := &Outputs{Below: make(map[string]*Outputs, len(names)), Whole: whole}
	for _, name := range names {
		below := levels - 1
		if levels == maxOutputDepth && name == "deploy" {
			below = maxDeployDepth
		}
		o.Below[strings.Clone(name)] = r.tree(v.Member(name), below).at(v, name)
	}
	return o
}

// at returns a tree with the place where an attribute of a value is defined.
func (o *Outputs) at(v *eval.Value, name string) *Outputs {
	code, span, _, ok := v.AttrPlace(name)
	if !ok {
		var e eval.Expr
		if code, e, ok = v.Member(name).Place(); ok {
			span = code.Span(e)
		}
	}
	if !ok || code.Path == "" {
		return o
	}
	placed := *o
	placed.File, placed.Span = code.Path, span
	return &placed
}

// imported returns the code of a file, and notes that it counts.
func (r *outputsReader) imported(file string) *eval.Code {
	if dir, ok := strings.CutSuffix(file, "/"+importTreeFile); ok {
		return r.listed(dir)
	}
	if systems := systemsOf(strings.TrimPrefix(file, "/")); systems != nil {
		return listCode(systems)
	}
	if code := evaluatorCode(file); code != nil {
		return code
	}
	r.files[file] = true
	r.files[filepath.Join(file, "default.nix")] = true
	code := r.view.Imported(file)
	r.unknownAt(code)
	return code
}

// maxListed bounds the files that are imported of a folder at once.
const maxListed = 200

// listed returns the list of the files that import-tree imports of a folder.
func (r *outputsReader) listed(dir string) *eval.Code {
	if r.view.Kind(dir) == Regular {
		return listCode([]string{dir})
	}
	var files []string
	todo := []string{dir}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, name := range r.view.Entries(at) {
			path := filepath.Join(at, name)
			switch {
			case strings.HasPrefix(name, "_"):
			case isNix(name):
				files = append(files, path)
			case r.view.Kind(path) == Folder:
				todo = append(todo, path)
			}
		}
		if len(files)+len(todo) > maxListed {
			return nil
		}
	}
	if len(files) == 0 {
		return nil
	}
	slices.Sort(files)
	return listCode(files)
}

// listCode returns the code of a list of texts.
func listCode(texts []string) *eval.Code {
	quoted := make([]string, len(texts))
	for i, s := range texts {
		if strings.ContainsAny(s, "\\\"$") {
			s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`).Replace(s)
		}
		quoted[i] = `"` + s + `"`
	}
	tree := parser.Parse("[ " + strings.Join(quoted, " ") + " ]")
	return eval.Lower(tree, "", sema.Resolve(tree))
}

// inputs returns the inputs of a flake as a set.
func (r *outputsReader) inputs(f *flake.Flake) eval.Part {
	all := map[string]eval.Part{}
	for _, in := range f.Nix.AllInputs() {
		all[in.Name] = r.input(f, in)
	}
	return eval.Attrs(all, !f.Nix.InputsLiteral)
}

// input returns what is known of an input: what it gives, if it is a library that is modelled.
func (r *outputsReader) input(f *flake.Flake, in *flake.Input) eval.Part {
	repository := RepositoryOf(f, in)
	open, lib := eval.Attrs(nil, true), eval.LibArgument()
	if r.hosts {
		open, lib = foreignInput(in)
	}
	switch name := path.Base(repository); {
	case !in.Flake && r.hosts:
		return open
	case !in.Flake:
	case name == "flake-utils":
		return flakeUtils.apply(map[string]eval.Part{"systems": r.systems(f, in), "open": open, "unknown": eval.Open(), "lib": eval.LibArgument()})
	case name == "flake-parts":
		return flakeParts.apply(map[string]eval.Part{"open": open, "unknown": eval.Open(), "lib": eval.LibArgument(), "isForeign": eval.ForeignTest()})
	case name == "import-tree":
		return importTree.apply(map[string]eval.Part{"open": open, "unknown": eval.Open()})
	case strings.HasPrefix(name, "nixpkgs"), name == "channels":
		return nixpkgsModel.apply(map[string]eval.Part{
			"open": open, "lib": lib, "all": r.list(exposedSystems), "linux": r.list(linuxSystems), "darwin": r.list(darwinSystems),
		})
	case systemsOf(repository) != nil:
		return eval.Attrs(map[string]eval.Part{"outPath": eval.Text("/" + repository)}, false)
	case r.hosts:
		return open
	case partsModules[name] != nil:
		module := eval.Attrs(map[string]eval.Part{"_opens": r.list(partsModules[name])}, false)
		modules := map[string]eval.Part{"default": module, name: module}
		return eval.Attrs(map[string]eval.Part{
			"flakeModule": module, "flakeModules": eval.Attrs(modules, true), "modules": eval.Attrs(map[string]eval.Part{"flake": eval.Attrs(modules, true)}, true),
		}, true)
	}
	return eval.Open()
}

// systems returns the systems for which flake-utils makes outputs by itself.
func (r *outputsReader) systems(f *flake.Flake, utils *flake.Input) eval.Part {
	override := utils.Override("systems")
	if override == nil {
		return r.list(usualSystems)
	}
	repository := override.Ref.Repository()
	if override.Follows != nil && len(override.Follows.Path) == 1 {
		if in := f.Nix.Input(override.Follows.Path[0]); in != nil {
			repository = RepositoryOf(f, in)
		}
	}
	if systems := systemsOf(repository); systems != nil {
		return r.list(systems)
	}
	return eval.Open()
}

// lists are the lists of names that models are given, of which there are few.
var lists memo[string, *eval.Code]

func (r *outputsReader) list(names []string) eval.Part {
	return lists.get(strings.Join(names, " "), func() *eval.Code { return listCode(names) }).Root()
}

// RepositoryOf returns the repository that an input of a flake is (flake.Ref.Repository), by what the lock has where flake.nix
// does not tell; a name by which a path is called where it is one, and "" where nothing is known.
func RepositoryOf(f *flake.Flake, in *flake.Input) string {
	ref := in.Ref
	if node, ok := f.NodeOf(in); ok && ref.IsZero() {
		ref, _ = node.Source()
	}
	if in.RefErr != nil {
		return ""
	}
	if repository := ref.Repository(); repository != "" {
		return strings.TrimPrefix(repository, "flake:")
	}
	return ref.Path
}
