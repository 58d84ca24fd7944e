package project

import (
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/secret"
)

// passedOption is an option that gets the value of another one, as it is: services.x.password = config.my.password. Only those are kept
// whose names say that they hold a secret.
type passedOption struct {
	From, To []string
	Span     source.Span // of what reads From
}

// PassedOption is where an option gets the value of another one.
type PassedOption struct {
	File string
	Span source.Span
	To   []string
}

// passedIndex is where options are read for others, by the option that is read.
type passedIndex map[string][]PassedOption

var passedOptions = declare(fact[passedOption, passedIndex]{
	raises:  raisers{names: []string{"config"}},
	analyze: func(_ *ast.Tree, f *module.File) []passedOption { return optionsPassedIn(f) },
	index: func(files iter.Seq2[string, []passedOption]) passedIndex {
		x := passedIndex{}
		for path, list := range files {
			for _, p := range list {
				from := strings.Join(p.From, "\x00")
				x[from] = append(x[from], PassedOption{path, p.Span, p.To})
			}
		}
		return x
	},
})

// ForPassedOptions are the facts that PassedTo answers from.
var ForPassedOptions = passedOptions.facts() | modules.facts()

// optionsPassedIn returns the options of a file that get the values of others.
func optionsPassedIn(f *module.File) (found []passedOption) {
	var reads map[source.Span]*module.Read
	for _, d := range f.DefinedOptions() {
		if len(d.Path) == 0 || d.Cut || !d.Value.IsValid() || !secret.IsName(d.Path[len(d.Path)-1]) {
			continue
		}
		value := d.Value.Unparen()
		if !value.Is(ast.Select) && !value.Is(ast.Ident) {
			continue
		}
		if reads == nil {
			reads = map[source.Span]*module.Read{}
			all := f.ReadOptions()
			for i := range all {
				reads[all[i].At.Span()] = &all[i]
			}
		}
		if r := reads[value.Span()]; r != nil && r.Own && !r.Cut && !r.Guarded {
			found = append(found, passedOption{clonePath(r.Path), clonePath(d.Path), value.Span()})
		}
	}
	return found
}

func clonePath(path []string) []string {
	out := make([]string, len(path))
	for i, name := range path {
		out[i] = strings.Clone(name)
	}
	return out
}

// PassedTo returns where the value of an option goes to others whose names say that they hold a secret: in other files than the one that gives
// it, which a host surely has together with that, or which import it, are imported by it, or are imported by what imports it. It is asked of a
// definition of an option that the project declares, or of its default: that has no value where anything defines the option.
func (a *Answers) PassedTo(file string, path []string, byDefault bool) []PassedOption {
	if a.deps != nil {
		path = slices.Clone(path)
		same := func(x, y []PassedOption) bool { return reflect.DeepEqual(x, y) }
		q := question{"passed to", file, strings.Join(append(path, strconv.FormatBool(byDefault)), "\x00")}
		return notedBy(a.View, q, same, func(a *Answers) []PassedOption { return a.PassedTo(file, path, byDefault) })
	}
	all := passedOptions.in(a)[strings.Join(path, "\x00")]
	if len(all) == 0 {
		return nil
	}
	x := a.moduleIndex()
	if o := x.options().find(path); o.Verdict != OptionExists || o.At != len(path) || o.Applied {
		return nil
	}
	if defined := x.used().defined; byDefault && defined.touches(path) || defined.strongest(path) < module.PlainPriority {
		return nil
	}
	var found []PassedOption
	for _, p := range all {
		if p.File != file && a.together(file, p.File) {
			found = append(found, p)
		}
	}
	return found
}

// together reports whether two files are surely modules of one evaluation, if one of them is.
func (a *Answers) together(x, y string) bool {
	has := a.HostsOf(y).Surely
	if slices.ContainsFunc(a.HostsOf(x).Surely, func(h *Host) bool { return slices.Contains(has, h) }) {
		return true
	}
	g := a.importGraph()
	above := g.above(y)
	for path := range g.above(x) {
		if above[path] {
			return true
		}
	}
	return false
}

// above returns a file and those that import it in any case, through others or not; none where one of them takes modules out.
func (g *importGraph) above(path string) map[string]bool {
	by := g.importersOf()
	seen := map[string]bool{path: true}
	todo := []string{path}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if said := g.index.said[at]; said != nil && said.Disables {
			return nil
		}
		for _, from := range by[at] {
			if !seen[from] {
				seen[from] = true
				todo = append(todo, from)
			}
		}
	}
	return seen
}

// importersOf returns the files that import one in any case, by that.
func (g *importGraph) importersOf() map[string][]string {
	return g.importers.get(func() map[string][]string {
		by := map[string][]string{}
		for _, from := range g.index.paths {
			for _, edge := range g.edges[from] {
				by[edge.to] = append(by[edge.to], from)
			}
		}
		return by
	})
}
