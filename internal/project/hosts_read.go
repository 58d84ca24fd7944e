package project

import (
	"cmp"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/workspace"
)

// What reading the hosts of a flake may cost: a question and all of them, in steps; the hosts with the users of home-manager, the
// modules for others, the outputs beside them, the files that are evaluated, and the files of all hosts together.
const (
	fuelOfHosts    = 200_000
	workOfHosts    = 6_000_000
	maxHosts       = 2_000
	maxExports     = 2_000
	maxOtherValues = 2_000
	maxHostFiles   = 12_000
	maxHostModules = 2_000_000
)

// hostReader finds the hosts of a flake, and the modules of each.
type hostReader struct {
	outputsReader
	graph *hostGraph
	made  map[MadePath]bool // with File in place of Output
	nodes map[string]*moduleNode
	codes map[string]*fileValue
	ids   map[*eval.Value]int
	host  *Host // at hand
	left  int   // of maxHostModules
	// exported is the number of modules for others.
	exported int
	// byArgs are the hosts by what their evaluator is given.
	byArgs map[*eval.Value]*Host
}

// fileValue is the value of a file that is a module.
type fileValue struct {
	part  eval.Part
	value *eval.Value
}

// readHosts reads the hosts of the flake in a folder.
func readHosts(v *View, dir string) *hostGraph { return newHostReader(v, dir).readAll() }

func newHostReader(v *View, dir string) *hostReader {
	r := &hostReader{
		outputsReader: outputsReader{view: v, dir: dir, source: sourceOf(v, dir), files: map[string]bool{}, hosts: true},
		graph:         &hostGraph{reached: map[string][]hostReach{}, made: map[string][]MadePath{}}, made: map[MadePath]bool{},
		nodes: map[string]*moduleNode{}, codes: map[string]*fileValue{}, ids: map[*eval.Value]int{}, byArgs: map[*eval.Value]*Host{}, left: maxHostModules,
	}
	r.graph.files = r.files
	r.ev = eval.NewEvaluation()
	r.ev.Fuel, r.ev.Import, r.ev.Texts = fuelOfHosts, r.imported, true
	r.ev.Disk = r.disk()
	r.ev.Disk.Read = r.read
	return r
}

func (r *hostReader) readAll() *hostGraph {
	f := r.view.FlakeIn(r.dir)
	if f == nil || !f.Nix.Outputs.IsLambda {
		return r.graph
	}
	code := r.imported(filepath.Join(r.dir, "flake.nix"))
	if code == nil {
		return r.graph
	}
	r.outputs(r.called(f, code))
	for _, list := range r.graph.made {
		slices.SortFunc(list, func(a, b MadePath) int {
			return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End), strings.Compare(a.Target, b.Target), cmp.Compare(a.How, b.How))
		})
	}
	return r.graph
}

// ask evaluates a part; nothing is known of it where that is too much.
func (r *hostReader) ask(p eval.Part) *eval.Value {
	if !p.IsValid() || !r.within(r.ev.Work() <= workOfHosts) {
		return eval.Unknown()
	}
	return r.ev.Ask(p)
}

// within notes where a bound is met, and returns whether it is kept.
func (r *hostReader) within(kept bool) bool {
	r.graph.cut = r.graph.cut || !kept
	return kept
}

// outputs goes through the outputs of the flake.
func (r *hostReader) outputs(p eval.Part) {
	if !p.IsValid() {
		return
	}
	all := r.ask(p)
	names, _ := all.Members()
	var later []string
	for _, name := range names {
		switch {
		case strings.HasSuffix(name, "Configurations"):
			r.configurations(name, r.ask(all.Member(name)))
		case name == "colmena":
			r.colmena(r.ask(all.Member(name)))
		case name == "colmenaHive" && !slices.Contains(names, "colmena"):
			if mark, ok := r.ask(all.Member(name)).Attr(hostMark); ok { // else makeHive is given the output colmena
				r.colmena(r.ask(r.ask(mark).Member("args")))
			}
		case modsys.IsExport(name):
			r.exports(name, r.ask(all.Member(name)))
		default:
			later = append(later, name)
		}
	}
	left := maxOtherValues
	for _, name := range later {
		r.other(name, all.Member(name), maxOutputDepth-1, &left)
	}
	r.spreadImages()
}

// other evaluates an output that is no host, for what it reads.
func (r *hostReader) other(output string, p eval.Part, levels int, left *int) {
	if *left--; *left < 0 || !p.IsValid() {
		return
	}
	r.host = &Host{Output: output}
	v := r.ask(p)
	if r.image(output, v) {
		return
	}
	if _, is := v.Attr("outPath"); is || levels == 0 {
		return
	}
	elems, _ := v.Elements()
	for _, e := range elems {
		r.other(output, e, levels-1, left)
	}
	names, _ := v.Members()
	for _, name := range names {
		r.other(output+"."+name, v.Member(name), levels-1, left)
	}
}

// configurations reads the hosts that an output has.
func (r *hostReader) configurations(output string, v *eval.Value) {
	names, _ := v.Members()
	for _, name := range names {
		if !r.within(len(r.graph.hosts) < maxHosts) {
			return
		}
		r.begin(output + "." + name)
		if mark, ok := r.ask(v.Member(name)).Attr(hostMark); ok {
			r.evaluated(r.ask(mark))
		}
	}
}

// evaluated reads the host at hand, by the mark of what its evaluator gives.
func (r *hostReader) evaluated(mark *eval.Value) {
	given := r.ask(mark.Member("args"))
	special := given.Member("specialArgs")
	if evaluator, _ := r.ask(mark.Member("name")).Text(); evaluator == "homeManagerConfiguration" || evaluator == "nixOnDroidConfiguration" {
		special = given.Member("extraSpecialArgs")
	}
	if r.byArgs[given] == nil {
		r.byArgs[given] = r.host
	}
	w := r.start(special, !given.Has("specialArgs") && !given.Has("extraSpecialArgs"))
	if names, whole := given.Members(); !whole || slices.Contains(names, "configuration") {
		w.open = true
	}
	top := &moduleNode{}
	for _, name := range modsys.Given {
		switch {
		case !given.Has(name):
		case name == "configuration":
			w.module(top, given.Member(name), true, maxModuleNesting)
		default:
			w.modules(top, given.Member(name), true, maxModuleNesting)
		}
	}
	w.run(top)
}

// colmena reads the hosts of colmena, each of which is a module.
func (r *hostReader) colmena(v *eval.Value) {
	names, _ := v.Members()
	meta := r.ask(v.Member("meta"))
	for _, name := range names {
		if name == "meta" || name == "defaults" || name == "network" {
			continue
		}
		if !r.within(len(r.graph.hosts) < maxHosts) {
			return
		}
		r.begin("colmena." + name)
		w := r.start(meta.Member("specialArgs"), !meta.Has("specialArgs"))
		w.argument("name", eval.Text(name))
		w.argument("nodes", eval.Open())
		w.host.Open = w.host.Open || meta.Has("nodeSpecialArgs")
		top := &moduleNode{}
		if v.Has("defaults") {
			w.module(top, v.Member("defaults"), true, maxModuleNesting)
		}
		w.module(top, v.Member(name), true, maxModuleNesting)
		w.run(top)
	}
}

// exports reads the modules that the flake has for others, who may pass them any arguments.
func (r *hostReader) exports(output string, v *eval.Value) {
	names, _ := v.Members()
	for _, name := range names {
		if r.exported++; !r.within(r.exported <= maxExports) {
			return
		}
		r.begin(output + "." + name)
		r.host.exports, r.host.Open = true, true
		w := &hostWalk{hostReader: r, host: r.host, args: map[string]eval.Part{}}
		top := &moduleNode{}
		w.module(top, v.Member(name), true, maxModuleNesting)
		w.run(top)
	}
}

func (r *hostReader) begin(output string) { r.host = &Host{Output: strings.Clone(output)} }

// start begins the walk of the host at hand, with its special arguments; none are passed where that is known.
func (r *hostReader) start(special eval.Part, none bool) *hostWalk {
	w := &hostWalk{hostReader: r, host: r.host, args: map[string]eval.Part{}}
	r.graph.hosts = append(r.graph.hosts, r.host)
	if none {
		return w
	}
	v := r.ask(special)
	names, whole := v.Members()
	w.host.Open = !whole
	for _, name := range names {
		w.argument(strings.Clone(name), v.Member(name))
	}
	return w
}

// argument adds a special argument.
func (w *hostWalk) argument(name string, p eval.Part) {
	if !p.IsValid() {
		p = eval.Open()
	}
	w.args[name] = p
	if i, has := slices.BinarySearch(w.host.Args, name); !has {
		w.host.Args = slices.Insert(w.host.Args, i, name)
	}
	if !NamesFlake(name) {
		return
	}
	without := func(names []string) []string {
		return slices.DeleteFunc(names, func(n string) bool { return n == name })
	}
	w.host.Self, w.host.Inputs = without(w.host.Self), without(w.host.Inputs)
	if v := w.ask(p); w.is(v, w.self) {
		w.host.Self = append(w.host.Self, name)
	} else if w.is(v, w.handed) {
		w.host.Inputs = append(w.host.Inputs, name)
	}
}

// is reports whether a value surely is one of some parts.
func (r *hostReader) is(v *eval.Value, parts []eval.Part) bool {
	return v.Kinds() == eval.Set && slices.ContainsFunc(parts, func(p eval.Part) bool { return p.IsValid() && r.ask(p) == v })
}

// read notes a path that is read.
func (r *hostReader) read(how eval.ReadKind, path *eval.Value, sure bool) {
	use := [...]PathUse{eval.ReadCode: AsCode, eval.ReadText: AsText, eval.ReadFolder: AsFolder, eval.ReadExistence: AsExistence}[how]
	if target, _ := path.FilePath(); use == AsCode && r.host != nil && workspace.Within(r.source, target) {
		r.reaches(r.fileOf(target), hostReach{r.host, sure, false})
	}
	r.note(use, path, sure)
}

// note notes a path that something reads, where it is put together.
func (r *hostReader) note(use PathUse, path *eval.Value, sure bool) {
	target, _ := path.FilePath()
	if r.host == nil || !workspace.Within(r.source, target) {
		return
	}
	file, span, ok := r.ev.MadeAt(path)
	if !ok || !workspace.Within(r.source, file) {
		return
	}
	key := MadePath{span, target, use, sure, file}
	if r.made[key] {
		return
	}
	r.made[key] = true
	r.graph.made[file] = append(r.graph.made[file], MadePath{span, strings.Clone(target), use, sure, r.host.Output})
}

// fileOf returns the file that an import of a path reads.
func (r *hostReader) fileOf(path string) string {
	if r.view.Kind(path) == Folder {
		return filepath.Join(path, "default.nix")
	}
	return path
}

// reaches notes that a host has a file.
func (r *hostReader) reaches(file string, by hostReach) {
	list := r.graph.reached[file]
	if n := len(list); n > 0 && list[n-1].host == by.host {
		list[n-1].sure, list[n-1].module = list[n-1].sure || by.sure, list[n-1].module || by.module
		return
	}
	r.graph.reached[strings.Clone(file)] = append(list, by)
}

// idOf names what an argument is: modules that get the same ones are the same.
func (r *hostReader) idOf(p eval.Part) string {
	v := r.ask(p)
	if text, ok := v.Text(); ok {
		if v.Kinds() == eval.Path {
			return "p" + text
		}
		return "t" + text
	}
	if b, ok := v.Bool(); ok {
		return "b" + strconv.FormatBool(b)
	}
	if r.ids[v] == 0 {
		r.ids[v] = len(r.ids) + 1
	}
	return strconv.Itoa(r.ids[v])
}
