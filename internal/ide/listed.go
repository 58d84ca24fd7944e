package ide

import (
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/secret"
)

// Around is what the configuration of a project says of what lies around a file.
type Around struct {
	// Lists are the names of lists of options that are declared elsewhere.
	Lists []string
	// Sources say which sources of inputs count.
	Sources *project.Sources
}

// With has the view know what lies around its file, and returns it.
func (v *View) With(around Around) *View {
	v.Answers = v.View.With(around.Sources).Answers()
	v.lists = nil
	for _, list := range around.Lists {
		if at, ok := v.OptionListAt(v.path, list); ok {
			v.lists = append(v.lists, at)
		}
	}
	return v
}

// maxForeign is how many Nix files the source of an input may have for its options to be looked for.
const maxForeign = 2000

// elsewhere yields the views of the sources of inputs that are at hand and not too large.
func (v *View) elsewhere(yield func(input string, source *View) bool) {
	for in, s := range v.InputSources {
		if s == nil || s.Origin == project.OriginBeside { // which is a part of the project
			continue
		}
		source := In(v.snapshot, s.Dir)
		if n := len(source.NixFiles()); n > 0 && n <= maxForeign && !yield(in.Name, source) {
			return
		}
	}
}

// foreignOption documents an option that the project does not declare: one of a list, or of the source of an input; "" where none has it.
func (v *View) foreignOption(path []string) string {
	if len(path) < 2 || v.DeclaresAround(path) {
		return ""
	}
	if doc, ok := v.ListedDocs(v.lists, path)[""]; ok {
		return v.listedText(path, doc)
	}
	for in, source := range v.elsewhere {
		answer := source.Option(path)
		if answer.Verdict != project.OptionExists || answer.At != len(path) || len(answer.Declared) == 0 {
			continue
		}
		return source.optionText(path, answer.Declared) + "\n\nOf the input `" + in + "`."
	}
	return ""
}

// listedText documents an option of a list.
func (v *View) listedText(path []string, doc project.ListedDoc) string {
	head := dotted(path)
	if doc.Type != "" {
		head += "\n# type: " + doc.Type
	}
	if doc.Default != "" {
		if secret.IsName(path[len(path)-1]) && doc.Default != "null" {
			doc.Default = secret.Hidden
		}
		head += "\n# default: " + inOneLine(doc.Default)
	}
	if doc.Example != "" {
		head += "\n# example: " + inOneLine(doc.Example)
	}
	parts := []string{code(head)}
	if doc.Description != "" {
		parts = append(parts, doc.Description)
	}
	where := "Of `" + v.Rel(doc.List) + "`"
	if len(doc.Declarations) > 0 {
		where += ", declared in " + quoted(doc.Declarations)
	}
	return strings.Join(append(parts, where+"."), "\n\n")
}

// foreignOptions proposes the options below a path that lists, or the sources of inputs, have.
func (p *proposals) foreignOptions(path []string) {
	if dir := p.FlakeDir(); len(path) == 0 && dir != "" && p.path == filepath.Join(dir, "flake.nix") {
		return // which is no module
	}
	docs := p.ListedDocs(p.lists, path)
	for _, n := range p.ListedBelow(p.lists, path) {
		i := Item{Label: n.Name, Kind: ItemModule, Detail: "a set of options", rank: 1}
		if n.Option {
			i.Kind, i.Detail, i.Doc = ItemOption, docs[n.Name].Type, docs[n.Name].Description
		}
		p.attr(i)
	}
	if len(path) == 0 {
		return // of each input there are many
	}
	for in, source := range p.elsewhere {
		for _, o := range source.OptionsBelow(path) {
			i := Item{Label: o.Name, Kind: ItemModule, Detail: "a set of options of " + in, rank: 1}
			if len(o.Declared) > 0 {
				i.Kind, i.Detail = ItemOption, "an option of "+in
				if o.Declared[0].Type.Name != "" {
					i.Detail = o.Declared[0].Type.Describe()
				}
				i.Doc = source.declaration(o.Declared[0]).description
			}
			p.attr(i)
		}
	}
}

// foreignPlaces returns where the sources of inputs declare an option.
func (v *View) foreignPlaces(path []string) (to []Location) {
	if len(path) < 2 || v.DeclaresAround(path) {
		return nil
	}
	for _, source := range v.elsewhere {
		if answer := source.Option(path); answer.Verdict == project.OptionExists && answer.At == len(path) {
			for _, at := range optionPlaces(answer.Declared) {
				if filepath.IsAbs(at.File) {
					to = append(to, at)
				}
			}
		}
	}
	return to
}
