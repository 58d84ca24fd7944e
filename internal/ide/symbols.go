package ide

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// SymbolKind says what a definition gives.
type SymbolKind uint8

// The kinds.
const (
	SymbolOther SymbolKind = iota
	SymbolSet
	SymbolFunction
	SymbolString
	SymbolNumber
	SymbolBoolean
	SymbolList
	SymbolNull
	SymbolInherited
	SymbolFile
	SymbolOption
)

// Symbol is a definition.
type Symbol struct {
	Name       string
	Detail     string // the arguments of a function
	Kind       SymbolKind
	Span, At   source.Span // all of it, and its name
	File       string      // of symbols of the project
	Container  string      // the names around it
	Below      []Symbol
	underlying ast.Node
}

// The symbols of a file are at most maxSymbols, maxSymbolDepth deep.
const maxSymbols, maxSymbolDepth = 20_000, 64

// Symbols returns the definitions of the file, those of lets and sets wherever they stand, as a tree in source order.
func (v *View) Symbols() []Symbol {
	left := maxSymbols
	var collect func(n ast.Node, depth int) []Symbol
	collect = func(n ast.Node, depth int) (out []Symbol) {
		for c := n.FirstChild(); c.IsValid() && left > 0; c = c.NextSibling() {
			switch {
			case c.Is(ast.Binding):
				s := bindingSymbol(ast.BindingNode{Node: c})
				left--
				if depth < maxSymbolDepth {
					s.Below = collect(s.underlying, depth+1)
				}
				if s.Name != "" {
					out = append(out, s)
				}
			case c.Is(ast.Inherit):
				for part := range (ast.InheritNode{Node: c}).Names() {
					if name, ok := ast.AttrName(part); ok && name != "" {
						out = append(out, Symbol{Name: name, Kind: SymbolInherited, Span: part.Span(), At: part.Span()})
						left--
					}
				}
			case depth < maxSymbolDepth:
				out = append(out, collect(c, depth+1)...)
			}
		}
		return out
	}
	return collect(v.tree.Root(), 0)
}

// bindingSymbol returns the symbol of a binding, without those in it.
func bindingSymbol(b ast.BindingNode) Symbol {
	path := b.Attrpath()
	s := Symbol{Name: strings.Join(strings.Fields(path.Text()), " "), Span: b.Span(), At: path.Span(), underlying: b.Value()}
	value := b.Value().Unparen()
	switch value.Kind() {
	case ast.AttrSet:
		s.Kind = SymbolSet
	case ast.Lambda:
		s.Kind = SymbolFunction
		s.Detail = arguments(value)
	case ast.String, ast.IndString, ast.URI:
		s.Kind = SymbolString
	case ast.Int, ast.Float:
		s.Kind = SymbolNumber
	case ast.List:
		s.Kind = SymbolList
	case ast.Path, ast.SearchPath:
		s.Kind = SymbolFile
	case ast.Ident:
		switch value.Text() {
		case "true", "false":
			s.Kind = SymbolBoolean
		case "null":
			s.Kind = SymbolNull
		}
	case ast.Apply:
		if fn, _ := ast.Call(value); strings.HasPrefix(ast.LastName(fn), "mk") && strings.HasSuffix(ast.LastName(fn), "Option") {
			s.Kind = SymbolOption
		}
	}
	return s
}

// maxArguments bounds the arguments of a function that its symbol shows.
const maxArguments = 6

// arguments returns the arguments of a function as they are written, defaults apart.
func arguments(n ast.Node) string {
	var out []string
	for len(out) < maxArguments {
		l, ok := ast.AsLambda(n.Unparen())
		if !ok {
			break
		}
		if pattern, is := l.Pattern(); is {
			var names []string
			for f := range pattern.Formals() {
				if len(names) == maxArguments {
					names = append(names, "…")
					break
				}
				names = append(names, f.Name().Text())
			}
			out = append(out, "{ "+strings.Join(names, ", ")+" }:")
		} else {
			out = append(out, l.Param().Text()+":")
		}
		n = l.Body()
	}
	return strings.Join(out, " ")
}

// maxFound bounds the symbols of a project that one answer has.
const maxFound = 300

// ProjectSymbols returns definitions, in the files of the project, whose names have the letters of a query in this order; the files
// whose names have them come first. With a dot in the query, the names around a definition count, too.
func (v *View) ProjectSymbols(ctx context.Context, query string) (found []Symbol) {
	files := v.NixFiles()
	dottedQuery := strings.Contains(query, ".")
	for _, path := range files {
		if name := filepath.Base(path); query != "" && fits(name, query) && len(found) < maxFound {
			found = append(found, Symbol{Name: name, Kind: SymbolFile, File: path, Container: filepath.ToSlash(filepath.Dir(v.Rel(path)))})
		}
	}
	for _, path := range files {
		if ctx.Err() != nil {
			return nil
		}
		if len(found) == maxFound {
			break
		}
		f := v.File(path)
		if f == nil || query != "" && !fits(f.Text(), strings.ReplaceAll(query, ".", "")) {
			continue
		}
		o := v.openFile(path)
		if o == nil {
			continue
		}
		var add func(list []Symbol, around string)
		add = func(list []Symbol, around string) {
			for _, s := range list {
				if len(found) == maxFound {
					return
				}
				below := s.Below
				if s.Kind != SymbolInherited && (fits(s.Name, query) || dottedQuery && fits(strings.TrimPrefix(around+"."+s.Name, "."), query)) {
					s.File, s.Container, s.Below = path, around, nil
					found = append(found, s)
				}
				add(below, strings.TrimPrefix(around+"."+s.Name, "."))
			}
		}
		add(o.Symbols(), "")
	}
	return found
}
