package project

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
)

// What evaluating the declarations of a project may cost: a question, all of them and those about one file, in steps; the options of one
// file; the modules in each other, the types, and the submodules.
const (
	fuelOfOptions  = 200_000
	workOfOptions  = 6_000_000
	workOfOneFile  = 400_000
	maxFileOptions = 4_000
	maxOptionDepth = 12
	maxInner       = 4
)

// optionsModel is the lib with which modules are evaluated whose options are read.
var optionsModel = newModel(module.LibModel)

// modelled are the functions of the model.
var modelled = []string{
	"mkOption", "mkEnableOption", "mkPackageOption", "mkRenamedOptionModule", "mkAliasOptionModule", "mkRenamedOptionModuleWith",
	"mkRemovedOptionModule", "mkChangedOptionModule",
}

// renames are the declarations by what the model calls them.
var renames = map[string]module.Declaration{"renamed": module.Renamed, "aliased": module.Aliased, "removed": module.Removed, "changed": module.Changed}

// optionReader evaluates what modules declare.
type optionReader struct {
	view  *View
	ev    *eval.Evaluation
	given eval.Part
	limit int                   // of work
	files map[string]bool       // that were evaluated, or would have been
	names map[*eval.Code]string // the files of code
}

// evaluatedOptions is what evaluating some modules of a project adds to what they say as they are written.
type evaluatedOptions struct {
	index *moduleIndex
	files map[string]bool // that were evaluated, or would have been
}

// evaluatedKey names a module as it is written, in the project with a root.
type evaluatedKey struct {
	root, path string
	said       *module.Said
}

// evaluatedModule is one module of evaluatedOptions.
type evaluatedModule struct {
	said  *module.Said
	files map[string]bool
	work  int // what that cost
}

// moduleIndex returns what the modules of the project say, those evaluated that declare options by other means than they are written.
func (a *Answers) moduleIndex() *moduleIndex {
	x := a.evaluated(modules.in(a))
	x.before.get(func() *usesMemory {
		return a.snapshot.uses.get(a.Root(), func() *usesMemory { return new(usesMemory) })
	})
	return x
}

func (a *Answers) evaluated(base *moduleIndex) *moduleIndex {
	if !base.wanting() {
		return base
	}
	return a.snapshot.evaluated.get(base, func() *evaluatedOptions { return evaluateOptions(a.View, base) }).index
}

// evaluatedAfter returns what does not depend on files that have changed.
func evaluatedAfter(m *memo[*moduleIndex, *evaluatedOptions], changed []string) *memo[*moduleIndex, *evaluatedOptions] {
	var gone []*moduleIndex
	for base, o := range m.known() {
		if slices.ContainsFunc(changed, func(path string) bool { return o.files[path] || base.said[path] != nil }) {
			gone = append(gone, base)
		}
	}
	return m.without(gone...)
}

// evaluatedModulesAfter likewise.
func evaluatedModulesAfter(m *memo[evaluatedKey, *evaluatedModule], changed []string) *memo[evaluatedKey, *evaluatedModule] {
	var gone []evaluatedKey
	for key, o := range m.known() {
		if slices.ContainsFunc(changed, func(path string) bool { return o.files[path] || key.path == path }) {
			gone = append(gone, key)
		}
	}
	return m.without(gone...)
}

// wanting reports whether a module of the project declares what reading it does not tell.
func (x *moduleIndex) wanting() bool {
	return x.wants.get(func() bool {
		return slices.ContainsFunc(x.paths, func(path string) bool { return wantsEvaluation(x.said[path]) })
	})
}

// wantsEvaluation reports whether a module declares what reading it does not tell.
func wantsEvaluation(s *module.Said) bool {
	return s.Alone && (len(s.Opens) > 0 || s.Makes || anyVague(s.Declared))
}

// anyVague reports whether it is not known what one of some declarations declares. A declaration is large: none is copied.
func anyVague(declared []module.Declared) bool {
	for i := range declared {
		if d := &declared[i]; d.How == module.ByUnknown || isVague(&d.Type) {
			return true
		}
	}
	return false
}

// isVague reports whether a type may be a submodule of which not all options are known.
func isVague(t *module.Type) bool {
	if t.IsSubmodule() && t.Open || len(t.Of) == 1 && isVague(&t.Of[0]) {
		return true
	}
	for i := range t.Options {
		if isVague(&t.Options[i].Type) {
			return true
		}
	}
	return false
}

// isPartial reports whether a type is not known, or something that it is made of is not.
func isPartial(t *module.Type) bool {
	return t.Name == "" || slices.ContainsFunc(t.Of, func(of module.Type) bool { return isPartial(&of) })
}

// evaluateOptions evaluates each module that wants it by itself, so that what it tells depends neither on the others nor on their order.
func evaluateOptions(v *View, base *moduleIndex) *evaluatedOptions {
	x := &moduleIndex{paths: base.paths, said: make(map[string]*module.Said, len(base.said))}
	out := &evaluatedOptions{x, map[string]bool{}}
	work := 0
	for _, path := range base.paths {
		s := base.said[path]
		if x.said[path] = s; !wantsEvaluation(s) || work > workOfOptions {
			continue
		}
		m := v.snapshot.modules.get(evaluatedKey{v.Root(), path, s}, func() *evaluatedModule { return evaluateModule(v, path, s) })
		x.said[path] = m.said
		work += m.work
		maps.Copy(out.files, m.files)
	}
	return out
}

// evaluateModule evaluates what a module declares.
func evaluateModule(v *View, path string, s *module.Said) *evaluatedModule {
	r := &optionReader{view: v.plain(), ev: eval.NewEvaluation(), files: map[string]bool{}, names: map[*eval.Code]string{}}
	r.ev.Fuel, r.ev.Import, r.ev.Texts = fuelOfOptions, r.imported, true
	lib := optionsModel.apply(map[string]eval.Part{"base": eval.LibArgument()})
	r.ev.Lib = map[string]eval.Part{}
	model := r.ev.Ask(lib)
	for _, name := range modelled {
		r.ev.Lib[name] = model.Member(name)
	}
	r.given = eval.Attrs(map[string]eval.Part{"lib": lib, "pkgs": eval.PackagesArgument(), "config": eval.Open(), "options": eval.Open()}, true)
	out := &evaluatedModule{s, r.files, 0}
	if code := r.imported(path); code != nil {
		w := optionWalk{optionReader: r, file: path}
		r.limit = r.ev.Work() + workOfOneFile
		w.module(code.Root(), maxOptionDepth)
		out.said = w.added(s)
	}
	out.work = r.ev.Work()
	return out
}

// imported returns the code of a file, and notes it.
func (r *optionReader) imported(file string) *eval.Code {
	code := r.view.Imported(file)
	r.files[file], r.files[filepath.Join(file, "default.nix")] = true, true
	if code != nil {
		r.names[code] = r.fileOf(file)
	}
	return code
}

func (r *optionReader) fileOf(path string) string {
	if r.view.Kind(path) == Folder {
		return filepath.Join(path, "default.nix")
	}
	return path
}

// optionWalk reads the options of one module.
type optionWalk struct {
	*optionReader
	file  string
	found []module.Declared
	opens [][]string
	inner int // submodules around it, to which what files declare that they import belongs, too
	// read are the modules that were read: many name the same one, or itself.
	read map[*eval.Value]bool
	// element is the element of the innermost list of modules around what is read that stands in a file of the project.
	element eval.Part
}

// placed reports whether a part stands in a file of the project.
func (w *optionWalk) placed(p eval.Part) bool {
	code, _, ok := p.Place()
	return ok && w.names[code] != ""
}

func (w *optionWalk) open(path []string) {
	if !slices.ContainsFunc(w.opens, func(open []string) bool { return slices.Equal(open, path) }) {
		w.opens = append(w.opens, slices.Clone(path))
	}
}

// ask evaluates a part; nothing is known of it where that is too much.
func (w *optionWalk) ask(p eval.Part) *eval.Value {
	if !p.IsValid() || w.ev.Work() > w.limit {
		return eval.Unknown()
	}
	return w.ev.Ask(p)
}

// module reads what a module declares, and those that are written in its imports.
func (w *optionWalk) module(p eval.Part, depth int) {
	v := w.ask(p)
	if depth == 0 || !v.Known() && len(v.Alternatives()) < 2 {
		w.open(nil)
		return
	}
	for _, x := range v.Alternatives() {
		switch {
		case x.Fails(), w.read[x]:
		case x.Kinds() == eval.Path && w.inner > 0:
			text, _ := x.Text()
			if code := w.imported(text); code != nil {
				w.module(code.Root(), depth-1)
			} else {
				w.open(nil)
			}
		case x.Kinds() == eval.Path, x.Kinds() == eval.String && w.inner == 0: // such a file is read where it is
		case x.Kinds() == eval.Function:
			w.reads(x)
			w.module(eval.Apply(x.Part(), w.given), depth-1)
		case x.Kinds() != eval.Set || !x.Known():
			w.open(nil)
		case x.Has("__functor"):
			w.module(eval.Apply(x.Part(), w.given), depth-1)
		case x.Has("_renamed"):
			w.renamed(w.ask(x.Member("_renamed")))
		default:
			w.reads(x)
			w.set(x, depth)
		}
	}
}

func (w *optionWalk) reads(module *eval.Value) {
	if w.read == nil {
		w.read = map[*eval.Value]bool{}
	}
	w.read[module] = true
}

// set reads a module that is a set.
func (w *optionWalk) set(v *eval.Value, depth int) {
	if _, whole := v.Members(); !whole && !v.Has("options") {
		w.open(nil)
	}
	if _, has, _ := v.Lookup("imports"); has != eval.Absent {
		w.modules(v.Member("imports"), depth-1)
	}
	if _, has, _ := v.Lookup("freeformType"); has != eval.Absent {
		w.open(nil)
	}
	if _, has, _ := v.Lookup("options"); has != eval.Absent {
		w.options(nil, v.Member("options"), source.Span{}, w.file, false, maxOptionDepth)
	}
}

// modules reads a list of modules.
func (w *optionWalk) modules(p eval.Part, depth int) {
	operands := []eval.Part{p}
	if p.IsValid() {
		operands, _ = w.ev.Split(p)
	}
	for _, operand := range operands {
		for _, x := range w.ask(operand).Alternatives() {
			elems, ok := x.Elements()
			if !ok && !x.Fails() || depth <= 0 {
				w.open(nil)
				continue
			}
			for _, e := range elems {
				around := w.element
				if w.placed(e) {
					w.element = e
				}
				w.module(e, depth-1)
				w.element = around
			}
		}
	}
}

// options reads what stands below a path among the options of a module.
func (w *optionWalk) options(path []string, p eval.Part, at source.Span, file string, guarded bool, depth int) {
	v := w.ask(p)
	all := v.Alternatives()
	if depth == 0 || len(path) > maxOptionDepth || len(w.found) > maxFileOptions || !v.Known() && len(all) < 2 {
		w.open(path)
		return
	}
	guarded = guarded || len(all) > 1
	for _, x := range all {
		if x.Fails() {
			continue
		}
		if x.Kinds() != eval.Set || !x.Known() {
			w.open(path)
			continue
		}
		tag, _ := w.ask(x.Member("_type")).Text()
		switch tag {
		case "option":
			if len(path) > 0 {
				w.option(path, x, at, file, guarded)
			}
			continue
		case eval.IfProperty:
			w.options(path, x.Member("content"), at, file, true, depth-1)
			continue
		}
		names, whole := x.Members()
		if !whole || tag != "" {
			w.open(path)
		}
		for _, name := range names {
			if name == "_type" {
				continue
			}
			part, has, known := x.Lookup(name)
			below := slices.Concat(path, []string{strings.Clone(name)})
			if !known {
				w.open(below)
				continue
			}
			place, in := at, file
			if code, span, _, ok := x.AttrPlace(name); ok && w.names[code] != "" {
				place, in = span, w.names[code]
			}
			w.options(below, part, place, in, guarded || has != eval.Present, depth-1)
		}
	}
}

// option adds an option.
func (w *optionWalk) option(path []string, v *eval.Value, at source.Span, file string, guarded bool) {
	d := module.Declared{Path: path, Span: at, How: module.ByOption, Guarded: guarded, Evaluated: true}
	if file != w.file {
		d.File = file
	}
	for name, fact := range map[string]module.DeclaredFacts{
		"default": module.HasDefault, "example": module.HasExample, "description": module.HasDescription, "apply": module.HasApply,
	} {
		if _, has, _ := v.Lookup(name); has != eval.Absent {
			d.Facts |= fact
		}
	}
	if v.Has("type") {
		d.Type = w.typ(v.Member("type"), true, maxOptionDepth)
	}
	w.found = append(w.found, d)
}

// typ reads a type, and the options of submodules where paths of options lead into it.
func (w *optionWalk) typ(p eval.Part, named bool, depth int) (t module.Type) {
	v := w.ask(p)
	if tag, _ := w.ask(v.Member("_type")).Text(); tag != "option-type" || depth == 0 {
		return t
	}
	name, ok := w.ask(v.Member("name")).Text()
	of, whole := w.ask(v.Member("of")).Elements()
	if !ok || !whole {
		return t
	}
	t.Name = strings.Clone(name)
	named = named && (t.IsSubmodule() || t.Name == "nullOr" || t.Name == "uniq" || t.Name == "attrsOf" || t.Name == "lazyAttrsOf")
	for _, e := range of {
		t.Of = append(t.Of, w.typ(e, named, depth-1))
	}
	if t.Open = t.IsSubmodule(); t.Open && named && w.inner < maxInner {
		inner := optionWalk{optionReader: w.optionReader, file: w.file, inner: w.inner + 1, element: w.element}
		inner.modules(v.Member("modules"), depth-1)
		t.Options, t.Open = inner.found, len(inner.opens) > 0
	}
	if v.Has("whole") {
		whole, known := w.ask(v.Member("whole")).Bool()
		t.Whole = whole || !known
	}
	return t
}

// renamed adds a name that stands for another option, or for none.
func (w *optionWalk) renamed(v *eval.Value) {
	how, _ := w.ask(v.Member("how")).Text()
	from, whole := w.texts(v.Member("from"))
	if !whole || len(from) == 0 {
		w.open(from)
		return
	}
	d := module.Declared{Path: from, How: renames[how], Evaluated: true}
	for _, p := range []eval.Part{v.Member("from"), w.element} {
		if !w.placed(p) {
			continue
		}
		code, e, _ := p.Place()
		d.Span = code.Span(e)
		if file := w.names[code]; file != w.file {
			d.File = file
		}
		break
	}
	if d.New, whole = w.texts(v.Member("to")); !whole {
		d.New = nil
	}
	w.found = append(w.found, d)
}

// texts returns the texts of a list of strings, as far as they are known from its beginning.
func (w *optionWalk) texts(p eval.Part) (names []string, whole bool) {
	elems, ok := w.ask(p).Elements()
	for _, e := range elems {
		name, is := w.ask(e).Text()
		if !is {
			return names, false
		}
		names = append(names, strings.Clone(name))
	}
	return names, ok
}

// added returns what a module says with what evaluating it has found. What may be declared beside is what evaluation does not tell.
func (w *optionWalk) added(s *module.Said) *module.Said {
	next := *s
	next.Opens = nil
	for _, open := range w.opens {
		switch {
		case len(open) == 0: // as with any file, modules that are not known count only where options are looked for
			next.Opens = append(next.Opens, s.Opens...)
		case !slices.ContainsFunc(s.Declared, func(d module.Declared) bool { return isPrefix(d.Path, open) }): // what is written tells that an option is there
			next.Opens = append(next.Opens, open)
		}
	}
	next.Declared = slices.Clone(s.Declared)
	written := map[string]int{}
	for i, d := range s.Declared {
		written[strings.Join(d.Path, "\x00")] = i
	}
	for _, d := range w.found {
		i, is := written[strings.Join(d.Path, "\x00")]
		if !is {
			next.Declared = append(next.Declared, d)
			continue
		}
		if old := &next.Declared[i]; d.How == module.ByOption && (old.How == module.ByUnknown || old.How == module.ByOption && (isPartial(&old.Type) || isVague(&old.Type))) && d.Type.Name != "" {
			old.How, old.Type = d.How, d.Type
			old.Facts |= d.Facts
		}
	}
	return &next
}
