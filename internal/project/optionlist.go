package project

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/near"
)

// listedOption is an option of a list, or a set of options, as options.json has them: the file from which the manuals of NixOS,
// home-manager, nix-darwin and nixvim are made. It has those that are visible; internal and renamed ones are not in it.
type listedOption struct {
	children map[string]*listedOption
	names    []string      // of the children, sorted
	any      *listedOption // behind <name>, which stands for any name
	option   bool
	typ      module.Type
	// closed is set for a submodule that has the options below it and no others.
	closed bool
	// said is where the file says what it says of the option, in bytes.
	said [2]int64
}

// ListedOption tells what lists of options, given by their absolute paths, know of an option that a path names, or that has
// what it names. Files that cannot be read, or are no such lists, know nothing.
func (a *Answers) ListedOption(lists []string, path []string) OptionAnswer {
	if a.deps != nil {
		path = slices.Clone(path)
		q := question{"listed option", strings.Join(path, "\x00"), strings.Join(lists, "\x00")}
		return notedBy(a.View, q, OptionAnswer.equal, func(a *Answers) OptionAnswer { return a.ListedOption(lists, path) })
	}
	missing := OptionAnswer{}
	for _, list := range lists {
		root := a.snapshot.optionList(list).root
		if root == nil || root.children[path[0]] == nil {
			continue
		}
		answer := root.find(path)
		if answer.Verdict != OptionMissing {
			return answer // of NixOS or of home-manager: one of them has it
		}
		if missing.Verdict == NothingKnown || answer.At > missing.At {
			missing = answer
		}
	}
	return missing
}

// optionList is a file of options, read: root is nil where there is a problem.
type optionList struct {
	root    *listedOption
	problem string
}

func (s *Snapshot) optionList(path string) optionList {
	return s.lists.get(path, func() optionList {
		text, err := s.fs.ReadFile(path)
		if err != nil {
			var pe *fs.PathError
			if errors.As(err, &pe) {
				err = pe.Err
			}
			return optionList{problem: "cannot be read: " + err.Error()}
		}
		root := readOptionList(text)
		if root == nil {
			return optionList{problem: "is no list of options as options.json has them"}
		}
		return optionList{root: root}
	})
}

// OptionListProblem says what is wrong with a list of options, given by its absolute path, or returns "".
func (v *View) OptionListProblem(path string) string {
	if v.deps != nil {
		return noted(v, question{"option list", path, ""}, func(a *Answers) string { return a.OptionListProblem(path) })
	}
	return v.snapshot.optionList(path).problem
}

// readOptionList reads an options.json; nil where it is none, or has no option.
func readOptionList(text []byte) *listedOption {
	root := &listedOption{}
	list := json.NewDecoder(bytes.NewReader(text))
	if open, err := list.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	for list.More() {
		name, err := list.Token()
		start := list.InputOffset()
		var o struct{ Type *string }
		if err != nil || list.Decode(&o) != nil {
			return nil
		}
		if o.Type == nil {
			continue
		}
		n := root
		for _, part := range splitOption(fmt.Sprint(name)) {
			n = n.child(part)
		}
		n.said = [2]int64{start, list.InputOffset()}
		n.option, n.typ = true, typeDescribed(*o.Type)
		n.closed = strings.Contains(*o.Type, "submodule") && !strings.Contains(*o.Type, "open submodule") && !strings.Contains(*o.Type, " or ")
	}
	if _, err := list.Token(); err != nil || root.children == nil {
		return nil
	}
	if _, err := list.Token(); err != io.EOF {
		return nil
	}
	root.seal()
	return root
}

// splitOption splits the name of an option: names may be quoted.
func splitOption(name string) (parts []string) {
	for name != "" {
		if rest, quoted := strings.CutPrefix(name, `"`); quoted {
			part, after, ok := strings.Cut(rest, `"`)
			if ok {
				parts, name = append(parts, part), strings.TrimPrefix(after, ".")
				continue
			}
		}
		part, after, _ := strings.Cut(name, ".")
		parts, name = append(parts, part), after
	}
	return parts
}

func (n *listedOption) child(name string) *listedOption {
	if strings.HasPrefix(name, "<") && strings.HasSuffix(name, ">") {
		if n.any == nil {
			n.any = &listedOption{}
		}
		return n.any
	}
	if n.children == nil {
		n.children = map[string]*listedOption{}
	}
	child := n.children[name]
	if child == nil {
		child = &listedOption{}
		n.children[name] = child
	}
	return child
}

func (n *listedOption) seal() {
	for name, child := range n.children {
		n.names = append(n.names, name)
		child.seal()
	}
	slices.Sort(n.names)
	if n.any != nil {
		n.any.seal()
	}
}

func (n *listedOption) find(path []string) OptionAnswer {
	answer := OptionAnswer{}
	closed := false // all that is below is listed
	ofSystem := n.has(modsys.NamespaceOf(path[0]).Class.Mark())
	for i, name := range path {
		next := n.children[name]
		switch {
		case next != nil:
		case n.any != nil:
			next = n.any
		case closed, answer.Verdict == NothingKnown && n.children["enable"] != nil: // a set that one module declares
			return OptionAnswer{Verdict: OptionMissing, At: i, Near: near.Find(name, n.names)}
		case answer.Verdict == NothingKnown && ofSystem && i > 0: // others may add to the set, but hardly what is called nearly the same
			if near := near.Find(name, n.names); near != "" {
				return OptionAnswer{Verdict: OptionMissing, At: i, Near: near}
			}
			return answer
		default:
			return answer
		}
		n = next
		if n.option {
			answer = OptionAnswer{Verdict: OptionExists, At: i + 1, Declared: []DeclaredOption{{How: module.ByOption, Type: n.typ}}}
			closed = n.closed
		}
	}
	return answer
}

// has reports whether the list has an option.
func (n *listedOption) has(path []string) bool {
	for _, name := range path {
		if n = n.children[name]; n == nil {
			return false
		}
	}
	return len(path) > 0
}

// describedTypes are types by the descriptions that lib.types gives them.
var describedTypes = map[string]string{
	"boolean": "bool", "string": "str", "signed integer": "int", "positive integer, meaning >0": "ints.positive",
	"unsigned integer, meaning >=0": "ints.unsigned", "floating point number": "float", "absolute path": "path", "path": "path",
	"16 bit unsigned integer; between 0 and 65535 (both inclusive)": "port", "8 bit unsigned integer; between 0 and 255 (both inclusive)": "ints.u8",
	"package": "package", "attribute set": "attrs", "non-empty string": "nonEmptyStr", "(optionally newline-terminated) single-line string": "singleLineStr",
	`strings concatenated with "\n"`: "lines", `strings concatenated with ","`: "commas", "signed integer or floating point number": "number",
}

// typeDescribed reads the description of a type, as far as it is one of those that say what a value must be.
func typeDescribed(text string) module.Type {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")") && strings.Count(text, "(") == 1 {
		text = text[1 : len(text)-1]
	}
	if name := describedTypes[text]; name != "" {
		return module.Type{Name: name}
	}
	if strings.Contains(text, "convertible to it") {
		return module.Type{}
	}
	for _, of := range []struct{ prefix, name string }{
		{"null or ", "nullOr"}, {"list of ", "listOf"}, {"attribute set of ", "attrsOf"}, {"lazy attribute set of ", "attrsOf"},
	} {
		rest, ok := strings.CutPrefix(text, of.prefix)
		switch {
		case !ok:
		case of.name != "nullOr" && strings.Contains(rest, " or ") && !strings.HasPrefix(rest, "("):
			return module.Type{} // another type may follow
		default:
			return module.Type{Name: of.name, Of: []module.Type{typeDescribed(rest)}}
		}
	}
	if rest, ok := strings.CutPrefix(text, "one of "); ok && !strings.Contains(text, " or ") {
		t := module.Type{Name: "enum"}
		for part := range strings.SplitSeq(rest, ", ") {
			if len(part) < 2 || part[0] != '"' || part[len(part)-1] != '"' {
				return module.Type{}
			}
			value := part[1 : len(part)-1]
			if strings.ContainsAny(value, `"\`) {
				return module.Type{}
			}
			t.Values = append(t.Values, module.Value{Kinds: eval.String, Literal: value, Exact: true})
		}
		return t
	}
	return module.Type{}
}
