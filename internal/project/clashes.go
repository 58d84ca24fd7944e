package project

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
)

// maxTogether bounds the files that are looked at for evaluations: each time an evaluation imports one.
const maxTogether = 200_000

// findClashes looks at what each evaluation imports.
func (g *importGraph) findClashes(all []evaluation) {
	left := maxTogether
	var together [][]string // by evaluation
	shared := map[string]bool{}
	for _, e := range all {
		files := g.together(e)
		if left -= len(files); left < 0 {
			break
		}
		together = append(together, files)
		if len(files) > 1 {
			for _, file := range files {
				shared[file] = true
			}
		}
	}
	interesting := g.inSeveral(shared)
	if len(interesting) == 0 {
		return
	}
	type pair struct {
		a, b  string
		path  string
		where source.Span
	}
	told := map[pair]bool{}
	for i, files := range together {
		e := all[i]
		first := map[string]spoken{}
		here := map[string]bool{}
		for _, file := range files {
			here[file] = true
		}
		for _, file := range files {
			for _, s := range interesting[file] {
				before, seen := first[s.key]
				if !seen {
					first[s.key] = s
					continue
				}
				if before.file == s.file || !g.clash(before, s) || told[pair{before.file, s.file, s.name, before.span}] {
					continue
				}
				stronger, elsewhere := g.stronger(s, here)
				if stronger {
					continue
				}
				told[pair{before.file, s.file, s.name, before.span}] = true
				g.clashes[before.file] = append(g.clashes[before.file], Clash{
					Kind: s.kind, Path: s.path, Span: before.span, Value: before.value, OtherValue: s.value,
					Other: s.file, OtherSpan: s.span, Unsure: elsewhere, Root: e.from, RootSpan: e.span,
				})
			}
		}
	}
}

// stronger reports whether one of some files, or one elsewhere in the project, defines an option with a stronger priority.
func (g *importGraph) stronger(s spoken, files map[string]bool) (here, elsewhere bool) {
	x := g.index
	switch s.kind {
	case DeclaredTwice:
		return false, false
	case WeakTwice: // any plain definition decides, and most definitions are plain
		return x.used().defined.strongest(s.path) < s.priority, !x.complete()
	}
	forced := x.forced.get(x.forcedDefinitions)
	forced.around(s.path, s.priority, func(file string) bool {
		here, elsewhere = here || files[file], true
		return !here
	})
	return here, elsewhere
}

// spoken is a declaration or a definition that may clash with that of another file.
type spoken struct {
	kind  ClashKind
	file  string
	key   string // of what clashes with it
	name  string
	path  []string
	span  source.Span
	value module.Value
	decl  *module.Declared // or nil
	// priority is that of a definition.
	priority int64
}

// several tells of each key whether several files say it.
type several struct {
	file map[string]int32 // the number of the first file, or inSeveral
	key  []byte
}

const inSeveral = -1

// of makes the key of a declaration or definition, which is valid until the next one.
func (s *several) of(kind ClashKind, priority int64, path []string) []byte {
	s.key = append(strconv.AppendInt(append(s.key[:0], '0'+byte(kind)), priority, 10), 0)
	for i, name := range path {
		if i > 0 {
			s.key = append(s.key, 0)
		}
		s.key = append(s.key, name...)
	}
	return s.key
}

func (s *several) add(file int, key []byte) {
	switch first, ok := s.file[string(key)]; {
	case !ok:
		s.file[string(key)] = int32(file)
	case first != int32(file):
		s.file[string(key)] = inSeveral
	}
}

// inSeveral returns what several of some files declare, or define differently.
func (g *importGraph) inSeveral(files map[string]bool) map[string][]spoken {
	seen := several{file: map[string]int32{}}
	for i, path := range g.index.paths {
		if !files[path] {
			continue
		}
		said := g.index.said[path]
		for j := range said.Declared {
			if d := &said.Declared[j]; mayClash(d) {
				seen.add(i, seen.of(DeclaredTwice, 0, d.Path))
			}
		}
		for _, d := range said.Uses.Each() {
			if kind, ok := kindOfClash(d); ok {
				seen.add(i, seen.of(kind, d.Priority, d.Path))
			}
		}
	}
	byFile := map[string][]spoken{}
	for _, path := range g.index.paths {
		if !files[path] {
			continue
		}
		said := g.index.said[path]
		var all []spoken
		for j := range said.Declared {
			d := &said.Declared[j]
			if !mayClash(d) {
				continue
			}
			if key := seen.of(DeclaredTwice, 0, d.Path); seen.file[string(key)] == inSeveral {
				all = append(all, spoken{kind: DeclaredTwice, file: path, key: string(key), name: strings.Join(d.Path, "\x00"), path: d.Path, span: d.Span, decl: d})
			}
		}
		for _, d := range said.Uses.Each() {
			kind, ok := kindOfClash(d)
			if !ok {
				continue
			}
			if key := seen.of(kind, d.Priority, d.Path); seen.file[string(key)] == inSeveral && (kind == JoinedTwice || g.index.single(d.Path)) &&
				(kind != WeakTwice || g.index.owns(d.Path[0])) {
				all = append(all, spoken{
					kind: kind, file: path, key: string(key), name: strings.Join(d.Path, "\x00"), path: slices.Clone(d.Path), span: d.Node, value: d.Value, priority: d.Priority,
				})
			}
		}
		if len(all) > 0 {
			slices.SortFunc(all, func(a, b spoken) int { return int(a.span.Start) - int(b.span.Start) })
			byFile[path] = all
		}
	}
	return byFile
}

// mayClash reports whether a declaration fails beside another one.
func mayClash(d *module.Declared) bool { return d.How == module.ByOption && !d.Guarded && !d.Evaluated }

// kindOfClash returns how a definition may clash with another, if its option has one value or it is a list.
func kindOfClash(d *module.Use) (kind ClashKind, ok bool) {
	switch {
	case d.Value.Exact && d.Priority == module.PlainPriority:
		return DefinedTwice, true
	case d.Value.Exact && d.Priority > module.PlainPriority:
		return WeakTwice, true
	case d.Value.Exact:
		return ForcedTwice, true
	case d.Value.Kinds == eval.List:
		return JoinedTwice, true
	}
	return 0, false
}

// clash reports whether two declarations fail together, or two definitions do, or are joined.
func (g *importGraph) clash(a, b spoken) bool {
	switch a.kind {
	case JoinedTwice:
		return true
	case DefinedTwice, ForcedTwice, WeakTwice:
		return g.index.disagree(a.path, a.value, b.value)
	}
	x, y := a.decl.Type.Kinds(), b.decl.Type.Kinds()
	return a.decl.Facts&b.decl.Facts != 0 || x != 0 && y != 0 && x&y == 0
}

// disagree reports whether no type that an option with one value may have merges two values.
func (x *moduleIndex) disagree(path []string, v, w module.Value) bool {
	answer := x.options().find(path)
	if answer.Verdict != OptionExists {
		answer.Declared = []DeclaredOption{{}}
	}
	return !slices.ContainsFunc(answer.Declared, func(d DeclaredOption) bool { return d.Type.Agree(v, w) })
}

// Disagree reports whether two definitions of an option with these values, which are known exactly, fail in one module: the option has one
// value, and nothing in the project defines it with a priority stronger than theirs.
func (a *Answers) Disagree(path []string, priority int64, v, w module.Value) bool {
	if a.deps != nil {
		path = slices.Clone(path)
		q := question{"disagree", strings.Join(path, "\x00"), strconv.FormatInt(priority, 10) + " " + v.Describe() + " " + w.Describe()}
		return noted(a.View, q, func(a *Answers) bool { return a.Disagree(path, priority, v, w) })
	}
	x := a.moduleIndex()
	if !x.single(path) || !x.disagree(path, v, w) {
		return false
	}
	stronger := false
	x.forced.get(x.forcedDefinitions).around(path, priority, func(string) bool {
		stronger = true
		return false
	})
	return !stronger
}
