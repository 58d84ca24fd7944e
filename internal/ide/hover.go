package ide

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/inspect"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/internal/sema"
)

// Hover is what is told of a place, in Markdown.
type Hover struct {
	Span source.Span
	Text string
}

// maxDefault bounds the code of a default, or of another expression, that is shown in a line with others, in bytes.
const maxDefault = 40

// maxNames bounds the attributes that a hover lists.
const maxNames = 24

// Hover tells what stands at an offset; ok is false where there is nothing to tell. Ages are those at a time.
func (v *View) Hover(offset uint32, now time.Time) (h Hover, ok bool) {
	n := v.nodeAt(offset)
	if !n.IsValid() {
		return h, false
	}
	var parts []string
	add := func(text string) {
		if text = strings.TrimSpace(text); text != "" {
			parts = append(parts, text)
		}
	}
	h.Span = n.Span()
	if target, at, ok := v.pathAt(n); ok {
		h.Span = at.Span()
		add(v.pathText(target))
		for _, to := range v.fileAt(target) {
			if filepath.Ext(to.File) == ".nix" {
				add(v.docAt(to))
			}
		}
	}
	if in, ok := v.input(n); ok {
		add(in.text(now))
	}
	if path, declared := v.optionOf(n); len(declared) > 0 {
		add(v.optionText(path, declared))
	} else if path != nil {
		add(v.foreignOption(path))
	}
	if len(parts) == 0 {
		if name := v.builtin(n); name != "" {
			add(builtinText(name))
		} else if path := v.libPath(n); path != "" {
			add(libText(path))
		}
	}
	if len(parts) == 0 {
		add(v.valueText(n))
	}
	h.Text = v.Hide(strings.Join(parts, "\n\n"))
	return h, h.Text != ""
}

// code returns a block of Nix code in Markdown.
func code(text string) string { return "```nix\n" + text + "\n```" }

// pathText tells what a path leads to.
func (v *View) pathText(target string) string {
	name := "`" + v.Rel(target) + "`"
	switch v.Kind(target) {
	case project.Folder:
		if v.Kind(filepath.Join(target, "default.nix")) == project.Regular {
			return name + ": a folder with a `default.nix`"
		}
		return fmt.Sprintf("%s: a folder with %d entries", name, len(v.Entries(target)))
	case project.Nothing:
		return name + ": nothing is there"
	}
	return name + ": a file"
}

// builtinText documents a builtin.
func builtinText(name string) string {
	b, doc := sema.LookupBuiltin(name), builtinDocs[name]
	head := "builtins." + name
	if b.Global {
		head = name
	}
	text := code(strings.TrimSpace(head+" "+doc.args)) + "\n\n" + doc.text
	switch {
	case !b.Since.IsZero():
		text += fmt.Sprintf("\n\nSince Nix %s.", b.Since)
	case !b.Until.IsZero():
		text += fmt.Sprintf("\n\nNix %s was the last to have it.", b.Until)
	}
	if b.Feature != "" {
		text += fmt.Sprintf(" It asks for `%s`.", b.Feature)
	}
	if b.Only != "" {
		text += fmt.Sprintf("\n\nOnly %s has it.", b.Only)
	}
	return text
}

// libDoc returns what is told of a function of lib, by its path below that.
func libDoc(path string) builtinDoc {
	if doc, ok := libDocs[path]; ok {
		return doc
	}
	name := path[strings.LastIndexByte(path, '.')+1:]
	if strings.HasPrefix(path, "types.") {
		return builtinDoc{}
	}
	if doc, ok := libDocs[name]; ok {
		return doc
	}
	if libtable.Lookup(name) != nil {
		return builtinDocs[name]
	}
	return builtinDoc{}
}

// libArguments returns the arguments of a function of lib as they are written in a call, by its path below that.
func libArguments(path string) string {
	if doc := libDoc(path); doc.args != "" {
		return doc.args
	}
	var args []string
	if entry := libtable.Lookup(path[strings.LastIndexByte(path, '.')+1:]); entry != nil {
		for i := range entry.Args {
			args = append(args, string('a'+rune(i)))
		}
	}
	return strings.Join(args, " ")
}

// libText documents a name of nixpkgs' lib, given by its path.
func libText(path string) string {
	name := path[strings.LastIndexByte(path, '.')+1:]
	doc, entry := libDoc(path), libtable.Lookup(name)
	parts := []string{code(strings.TrimSpace("lib." + path + " " + libArguments(path)))}
	switch {
	case doc.text != "":
		parts = append(parts, doc.text)
	case entry != nil && entry.Args > 0:
		parts = append(parts, fmt.Sprintf("A function of nixpkgs' `lib`; it works after %s.", plural(int(entry.Args), "argument")))
	case libtable.PartNamed(path) != nil:
		parts = append(parts, "A part of nixpkgs' `lib`.")
	default:
		parts = append(parts, "Of nixpkgs' `lib`.")
	}
	if d := libtable.Deprecated(path); d != nil {
		text := "Deprecated"
		if !d.Since.IsZero() {
			text += " since " + d.Since.String()
		}
		if !d.Gone.IsZero() {
			text += ", gone in " + d.Gone.String()
		}
		if d.Use != "" {
			text += ": take " + diag.Code("lib."+d.Use)
		}
		if d.Advice != "" {
			text += "; " + d.Advice
		}
		parts = append(parts, text+".")
	}
	return strings.Join(parts, "\n\n")
}

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// text tells of an input of a flake.
func (in input) text(now time.Time) string {
	parts := []string{fmt.Sprintf("the input `%s` of the flake", strings.Join(in.Path, "."))}
	switch {
	case in.Follows != nil:
		parts = append(parts, fmt.Sprintf("It follows `%s`.", in.Follows.Text))
	case in.RefErr == nil && in.Ref.String() != "":
		parts = append(parts, code(in.Ref.String()))
	}
	node, ok := in.flake.NodeOf(in.Input)
	switch {
	case ok:
		var facts []string
		if rev := node.Rev(); rev != "" {
			facts = append(facts, "revision `"+rev[:min(len(rev), 12)]+"`")
		}
		if at := node.LastModified(); at != 0 {
			facts = append(facts, "of "+time.Unix(at, 0).UTC().Format(time.DateOnly)+", "+age(now.Sub(time.Unix(at, 0))))
		}
		if len(facts) == 0 {
			facts = append(facts, "without a revision")
		}
		parts = append(parts, "Locked: "+strings.Join(facts, " ")+".")
		if names := node.InputNames(); len(names) > 0 {
			parts = append(parts, "Its inputs: "+quoted(names)+".")
		}
	case in.flake.Lock == nil:
		parts = append(parts, "There is no `flake.lock` that could be read.")
	default:
		parts = append(parts, "`flake.lock` does not have it as it is declared here.")
	}
	return strings.Join(parts, "\n\n")
}

// quoted returns names as a list of code, cut where there are many.
func quoted(names []string) string {
	var out []string
	for i, name := range names {
		if i == maxNames {
			out = append(out, fmt.Sprintf("and %d more", len(names)-i))
			break
		}
		out = append(out, diag.Code(name))
	}
	return strings.Join(out, ", ")
}

// age says how long something is ago.
func age(d time.Duration) string {
	switch days := int(d.Hours() / 24); {
	case days < 1:
		return "today"
	case days < 60:
		return plural(days, "day") + " old"
	case days < 730:
		return plural(days/30, "month") + " old"
	default:
		return plural(days/365, "year") + " old"
	}
}

// optionText documents an option, by what its declarations say.
func (v *View) optionText(path []string, declared []project.DeclaredOption) string {
	var parts []string
	for i, d := range declared {
		o := v.declaration(d)
		if i == 0 {
			head := dotted(path)
			if t := o.typeText; t != "" {
				head += "\n# type: " + t
			}
			if o.def != "" {
				if secret.IsName(path[len(path)-1]) && strings.ContainsAny(o.def, "\"'") { // it is a string
					o.def = secret.Hidden
				}
				head += "\n# default: " + o.def
			}
			if o.example != "" {
				head += "\n# example: " + o.example
			}
			parts = append(parts, code(head))
		}
		if o.description != "" {
			parts = append(parts, o.description)
		}
		if len(d.New) > 0 {
			parts = append(parts, "Renamed to "+diag.Code(dotted(d.New))+".")
		}
		where := "Declared in `" + v.Rel(d.File) + "`"
		if f := v.File(d.File); f != nil {
			where += fmt.Sprintf(", line %d", source.NewLineIndex(f.Text()).Line(d.Span.Start))
		}
		parts = append(parts, where+".")
	}
	return strings.Join(parts, "\n\n")
}

// dotted returns a path of names as code.
func dotted(path []string) string {
	out := make([]string, len(path))
	for i, name := range path {
		switch out[i] = name; {
		case name == module.Element:
			out[i] = "*" // as the manual of NixOS writes elements
		case !strings.HasPrefix(name, "${") && name != project.AnyName:
			out[i] = ast.QuoteAttr(name)
		}
	}
	return strings.Join(out, ".")
}

// valueText tells what the evaluator and the names of the file know of a node.
func (v *View) valueText(n ast.Node) string {
	var parts []string
	name := v.heading(n)
	if n.Is(ast.Interpolation) {
		n = n.FirstChild().Unparen()
	}
	r := v.report(n)
	if up := n.Parent(); r == nil && (up.Is(ast.Interpolation) || up.Is(ast.Formal)) {
		r = v.report(up)
	}
	if r == nil && name == "" {
		return ""
	}
	if b := v.binding(n); b != nil && r == nil && b.Value.IsValid() {
		r = v.report(b.Value)
	}
	head, given := name, ""
	if unknown(r) {
		for _, o := range v.origins(n) {
			if of := o.view.report(o.node); of != nil {
				r = of
				break
			}
		}
		given = v.givenText(n)
		if op := operandOf(n); op.IsValid() {
			if in, path, _ := v.inputOutput(op, n); in.Input != nil {
				return code(head) + "\n\n" + diag.Code(dotted(path)) + " of the input " + diag.Code(strings.Join(in.Path, ".")) + "."
			}
		}
	}
	if r != nil {
		b := r.Brief(v.Root())
		is := b.Is
		if unknown(r) {
			is = "anything: nothing is known of it"
			if env := v.givenByWith(n); env != "" {
				is = "what " + diag.Code(env) + " has of that name: nothing is known of it"
			}
		}
		if head != "" {
			parts = append(parts, code(head))
		}
		if is != "" {
			parts = append(parts, is)
		}
		if len(b.Names) > 0 {
			parts = append(parts, quoted(b.Names))
		}
		if len(b.From) > 0 {
			parts = append(parts, strings.Join(b.From, "  \n"))
		}
		if given != "" {
			parts = append(parts, given)
		}
	} else if head != "" {
		parts = append(parts, code(head))
	}
	doc := ""
	if to := v.definitions(n); len(to) > 0 {
		doc = v.docAt(to[0])
	}
	if doc == "" && r != nil {
		doc = v.docOfFunctions(&r.Known)
	}
	if doc != "" {
		parts = append(parts, doc)
	}
	return strings.Join(parts, "\n\n")
}

// heading says which name a node is, and what binds it; "" for a node that is no name.
func (v *View) heading(n ast.Node) string {
	name, ok := ast.AttrName(n)
	if n.Is(ast.Ident) {
		name, ok = n.Text(), true
	}
	if !ok || name == "" {
		return ""
	}
	b := v.binding(n)
	if b == nil {
		if u, ok := v.names().Use(n); ok && u.Target == sema.ToWith {
			return name + " # by way of with"
		}
		return name
	}
	switch b.Kind {
	case sema.LetBinding:
		return name + " # a name of let"
	case sema.RecBinding:
		return name + " # an attribute of a recursive set"
	case sema.FormalBinding:
		if d := (ast.FormalNode{Node: b.Decl}).Default(); d.IsValid() {
			text := d.Text()
			switch {
			case len(text) > maxDefault || strings.Contains(text, "\n"):
				text = "…"
			case secret.IsName(name) && strings.ContainsAny(text, "\"'"):
				text = secret.Hidden
			}
			return name + " ? " + text + " # an argument with a default"
		}
		return name + " # an argument"
	case sema.AtBinding:
		return name + " # all arguments"
	}
	return name + " # an argument"
}

// unknown reports whether nothing is said of a value, unless that evaluating it may fail.
func unknown(r *inspect.Report) bool {
	if r == nil {
		return true
	}
	for i := range r.Known.Values {
		if r.Known.Values[i].Kind&^eval.Failures != 0 {
			return false
		}
	}
	return r.Known.Kinds == eval.Anything && r.Known.Kind != eval.AtParameter && r.Known.Kind != eval.AtLib
}

// givenText says where the project passes what an argument of a module is; "" where it does not.
func (v *View) givenText(n ast.Node) string {
	b := v.binding(n)
	if b == nil {
		return ""
	}
	var where []string
	for _, at := range v.placesPassed(b) {
		lines := source.NewLineIndex(at.view.Text())
		where = append(where, fmt.Sprintf("`%s`, line %d", v.Rel(at.view.path), lines.Line(at.node.Start())))
	}
	if len(where) == 0 {
		return ""
	}
	return "Passed to modules in " + strings.Join(where, "; ") + "."
}

// givenByWith returns the expression of the with that gives a name; "" where that is not certain, or long.
func (v *View) givenByWith(n ast.Node) string {
	u, ok := v.names().Use(n)
	if !ok || u.Target != sema.ToWith {
		return ""
	}
	env, single := nixlang.GivenByWith(v.names(), u)
	if !single || env.Span().Len() > maxDefault {
		return ""
	}
	return env.Text()
}
