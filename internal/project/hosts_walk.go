package project

import (
	"maps"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/workspace"
)

// moduleNode is what a module says, as its arguments have it: what it imports, and what of home-manager it defines.
type moduleNode struct {
	imports []moduleImport
	open    bool // it imports what is not known
	users   []userModule
	shared  []userModule // home-manager.sharedModules, lists of them, of no name
	args    []eval.Part  // home-manager.extraSpecialArgs
	inner   []innerModule
	// read are the modules written in it that were read, true for those that it surely has: many name the same one, or itself.
	read  map[*eval.Value]bool
	image string // what makes a system that surely has the module an image
}

// moduleImport is a file that a module imports.
type moduleImport struct {
	file string
	sure bool
}

// userModule is a module of a user of home-manager.
type userModule struct {
	name string
	part eval.Part
	sure bool
}

// hostWalk goes through the modules of one host.
type hostWalk struct {
	*hostReader
	host *Host
	args map[string]eval.Part
	open bool // some module is not known
	// inner is set for a system beside that of a host with its modules: what these define beside it is not defined again.
	inner bool
}

// What the modules written in a file may be nested, in lists, properties and functions; and how many there may be.
const (
	maxModuleNesting  = 24
	maxWrittenModules = 5_000
)

// reads notes that a module is written in another, and reports whether it is to be read there: no more than once.
func (n *moduleNode) reads(module *eval.Value, sure bool) bool {
	before, known := n.read[module]
	switch {
	case known && (before || !sure):
		return false
	case len(n.read) == maxWrittenModules:
		n.open = true
		return false
	case n.read == nil:
		n.read = map[*eval.Value]bool{}
	}
	n.read[module] = sure
	return true
}

// run goes through all modules of the host, from what its evaluation lists.
func (w *hostWalk) run(top *moduleNode) {
	seen := map[string]bool{} // by file; true for those that are surely imported
	all := &moduleNode{}      // what they say of home-manager
	var todo []moduleImport
	add := func(n *moduleNode, sure bool) {
		w.open = w.open || n.open
		if sure && w.host.Image == "" {
			w.host.Image = n.image
		}
		for _, i := range n.imports {
			i.sure = i.sure && sure
			if sure, known := seen[i.file]; !known || i.sure && !sure {
				seen[i.file] = i.sure
				todo = append(todo, i)
			}
		}
		all.users = appendSure(all.users, n.users, sure)
		all.shared = appendSure(all.shared, n.shared, sure)
		all.args = append(all.args, n.args...)
		for _, i := range n.inner {
			i.sure = i.sure && sure
			all.inner = append(all.inner, i)
		}
	}
	add(top, true)
	for len(todo) > 0 {
		i := todo[0]
		todo = todo[1:]
		w.reaches(i.file, hostReach{w.host, i.sure, true})
		if w.left--; !w.within(w.left >= 0 && w.ev.Work() <= workOfHosts) {
			w.open = true
			break
		}
		add(w.node(i.file), i.sure)
	}
	w.host.Complete = !w.open
	w.users(all)
	if w.hasInner() {
		w.systems(all.inner, seen)
	}
}

// appendSure adds modules of users, which are sure only if what defines them is.
func appendSure(all, more []userModule, sure bool) []userModule {
	for _, u := range more {
		u.sure = u.sure && sure
		all = append(all, u)
	}
	return all
}

// users goes through the modules of the users of home-manager that the modules of a host define.
func (w *hostWalk) users(all *moduleNode) {
	byName := map[string][]userModule{}
	for _, u := range all.users {
		byName[u.name] = append(byName[u.name], u)
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if !w.within(len(w.graph.hosts) < maxHosts) {
			return
		}
		w.begin(w.host.Output + ".home-manager.users." + name)
		user := w.start(eval.Part{}, true)
		user.host.Open = w.open
		for _, p := range all.args {
			v := w.ask(p)
			names, whole := v.Members()
			user.host.Open = user.host.Open || !whole
			for _, name := range names {
				user.argument(strings.Clone(name), v.Member(name))
			}
		}
		top := &moduleNode{}
		for _, u := range byName[name] {
			user.module(top, u.part, u.sure, maxModuleNesting)
		}
		for _, u := range all.shared {
			user.modules(top, u.part, u.sure, maxModuleNesting)
		}
		user.run(top)
	}
}

// node returns what a file says as a module.
func (w *hostWalk) node(file string) *moduleNode {
	f := w.codes[file]
	if f == nil {
		f = &fileValue{}
		if code := w.imported(file); code != nil {
			f.part = code.Root()
			f.value = w.ask(f.part)
		}
		w.codes[file] = f
	}
	n := &moduleNode{}
	if f.value == nil {
		return n // it does not exist
	}
	key := file + "\x00" + w.key(f.value)
	if known := w.nodes[key]; known != nil {
		return known
	}
	w.nodes[key] = n
	w.module(n, f.part, true, maxModuleNesting)
	return n
}

// key names the special arguments that a module takes.
func (w *hostWalk) key(module *eval.Value) string {
	names, ok := module.Formals()
	if !ok {
		if _, _, isFunction := module.Lambda(); !isFunction && module.Kinds()&eval.Function == 0 {
			return ""
		}
		names = w.host.Args
	}
	var b strings.Builder
	for _, name := range names {
		if p, passed := w.args[name]; passed {
			b.WriteString(name + "=" + w.idOf(p) + "\x00")
		}
	}
	return b.String()
}

// modules reads a list of modules.
func (w *hostWalk) modules(n *moduleNode, p eval.Part, sure bool, depth int) {
	if depth == 0 || !p.IsValid() {
		n.open = true
		return
	}
	operands, _ := w.ev.Split(p)
	for _, operand := range operands {
		v := w.ask(operand)
		if v.IsForeign() {
			continue
		}
		w.eachAlternative(n, v, sure, func(x *eval.Value, sure bool) {
			elems, ok := x.Elements()
			n.open = n.open || !ok
			for _, e := range elems {
				w.module(n, e, sure, depth-1)
			}
		})
	}
}

// eachAlternative yields what a value can be but for failures; sure is passed on where it is one thing alone.
func (w *hostWalk) eachAlternative(n *moduleNode, v *eval.Value, sure bool, yield func(x *eval.Value, sure bool)) {
	if v.Kinds() == eval.Anything && !v.Known() {
		n.open = true
		return
	}
	all := slices.DeleteFunc(v.Alternatives(), (*eval.Value).Fails)
	for _, x := range all {
		yield(x, sure && len(all) == 1)
	}
}

// module reads what stands for a module: a path, a function, a set.
func (w *hostWalk) module(n *moduleNode, p eval.Part, sure bool, depth int) {
	if depth == 0 {
		n.open = true
		return
	}
	v := w.ask(p)
	if v.IsForeign() {
		return
	}
	w.eachAlternative(n, v, sure, func(x *eval.Value, sure bool) {
		switch kind := x.Kinds(); {
		case kind == eval.Path || kind == eval.String:
			w.file(n, x, sure)
		case kind&(eval.Function|eval.Set) != 0 && !n.reads(x, sure):
		case kind == eval.Function:
			w.module(n, eval.Apply(x.Part(), w.given()), sure, depth-1)
		case kind == eval.Set:
			if x.Has("__functor") {
				w.module(n, eval.Apply(x.Part(), w.given()), sure, depth-1)
				return
			}
			w.set(n, x, sure, depth)
		default:
			n.open = true
		}
	})
}

// given are the arguments of a module: those of all module systems, and the special ones.
func (w *hostWalk) given() eval.Part {
	args := map[string]eval.Part{
		"lib": eval.LibArgument(), "pkgs": eval.PackagesArgument(), "config": eval.Open(), "options": eval.Open(), "modulesPath": modulesPath(),
	}
	maps.Copy(args, w.args)
	return eval.Attrs(args, true)
}

// file reads a path that stands for a module.
func (w *hostWalk) file(n *moduleNode, path *eval.Value, sure bool) {
	file, ok := path.FilePath()
	switch {
	case !ok:
		n.open = true
	case foreignPath(file):
		if sure {
			n.madeBy(modsys.ImageModule(file))
		}
	case !workspace.Within(w.source, file):
		n.open = n.open || !strings.HasPrefix(file, "/nix/store/")
	default:
		w.hostReader.host = w.host
		w.note(AsModule, path, sure)
		n.imports = append(n.imports, moduleImport{strings.Clone(w.fileOf(file)), sure})
	}
}

// set reads a module that is a set, through mkIf and its kin.
func (w *hostWalk) set(n *moduleNode, v *eval.Value, sure bool, depth int) {
	if !v.Known() {
		n.open = true
		return
	}
	if imports, has, _ := v.Lookup("imports"); has != eval.Absent {
		w.modules(n, imports, sure && has == eval.Present, depth)
	}
	at := v
	if v.Has("config") || v.Has("options") {
		at = w.ask(v.Member("config"))
	}
	w.definitions(at, sure, depth, func(v *eval.Value, sure bool) {
		if sure {
			w.imageOptions(n, v)
		}
		w.innerSystems(n, v, sure, depth)
		if p, ok := v.Attr("home-manager"); ok {
			w.definitions(w.ask(p), sure, depth, func(v *eval.Value, sure bool) { w.homeManager(n, v, sure, depth) })
		}
	})
}

// homeManager reads what a module says of home-manager.
func (w *hostWalk) homeManager(n *moduleNode, v *eval.Value, sure bool, depth int) {
	if p, ok := v.Attr("extraSpecialArgs"); ok {
		n.args = append(n.args, p)
	}
	if p, ok := v.Attr(modsys.Shared); ok {
		n.shared = append(n.shared, userModule{"", p, sure})
	}
	p, ok := v.Attr("users")
	if !ok {
		return
	}
	w.definitions(w.ask(p), sure, depth, func(v *eval.Value, sure bool) {
		names, _ := v.Members()
		for _, name := range names {
			if user := v.Member(name); user.IsValid() {
				n.users = append(n.users, userModule{strings.Clone(name), user, sure})
			}
		}
	})
}

// definitions yields the sets that a definition stands for, each once: those in mkIf, mkMerge and the like.
func (w *hostWalk) definitions(v *eval.Value, sure bool, depth int, yield func(v *eval.Value, sure bool)) {
	w.defined(&moduleNode{}, v, sure, depth, yield)
}

// defined is definitions without those that n has read.
func (w *hostWalk) defined(n *moduleNode, v *eval.Value, sure bool, depth int, yield func(v *eval.Value, sure bool)) {
	for _, x := range v.Alternatives() {
		if depth == 0 || x.Kinds() != eval.Set || !x.Known() || !n.reads(x, sure) {
			continue
		}
		tag, _ := x.Attr("_type")
		kind := ""
		if tag.IsValid() {
			kind, _ = w.ask(tag).Text()
		}
		switch kind {
		case "":
			yield(x, sure)
		case eval.MergeProperty:
			elems, _ := w.ask(x.Member("contents")).Elements()
			for _, e := range elems {
				w.defined(n, w.ask(e), sure, depth-1, yield)
			}
		case eval.IfProperty, eval.OverrideProperty, eval.OrderProperty:
			w.defined(n, w.ask(x.Member("content")), sure && kind != eval.IfProperty, depth-1, yield)
		}
	}
}
