package project

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// OptionListAt returns where the list of options of a name is for a file of the view: in its folder, or in those above it, up to the
// root of the project.
func (v *View) OptionListAt(file, list string) (path string, found bool) {
	if filepath.IsAbs(list) {
		return list, v.Kind(list) == Regular
	}
	for dir := filepath.Dir(file); ; dir = filepath.Dir(dir) {
		if at := filepath.Join(dir, filepath.FromSlash(list)); v.Kind(at) == Regular {
			return at, true
		}
		if dir == v.Root() || dir == filepath.Dir(dir) {
			return "", false
		}
	}
}

// ListedName is a name right below a set of options, in a list of them.
type ListedName struct {
	Name   string
	Option bool
}

// ListedBelow returns the names that lists of options have right below a path, sorted. It is for editors, and not recorded.
func (a *Answers) ListedBelow(lists, path []string) (names []ListedName) {
	for _, list := range lists {
		n := a.snapshot.optionList(list).root.at(path)
		if n == nil {
			continue
		}
		for _, name := range n.names {
			if !slices.ContainsFunc(names, func(o ListedName) bool { return o.Name == name }) {
				names = append(names, ListedName{name, n.children[name].option})
			}
		}
	}
	slices.SortFunc(names, func(a, b ListedName) int { return strings.Compare(a.Name, b.Name) })
	return names
}

// at returns the option, or set of options, at a path; nil where there is none.
func (n *listedOption) at(path []string) *listedOption {
	for _, name := range path {
		if n == nil {
			return nil
		}
		if next := n.children[name]; next != nil {
			n = next
		} else {
			n = n.any
		}
	}
	return n
}

// ListedDoc is what a list of options says of one: texts, of which those may be empty that it does not say.
type ListedDoc struct {
	List                                string // the file
	Type, Default, Example, Description string
	Declarations                        []string // names of files
}

// ListedDocs returns what lists of options say of those at a path and right below it: those below by their names, the one at the path by
// "". It is for editors, and not recorded.
func (a *Answers) ListedDocs(lists, path []string) map[string]ListedDoc {
	docs := map[string]ListedDoc{}
	for _, list := range lists {
		n := a.snapshot.optionList(list).root.at(path)
		if n == nil || !n.option && !slices.ContainsFunc(n.names, func(name string) bool { return n.children[name].option }) {
			continue
		}
		text, err := a.snapshot.fs.ReadFile(list)
		if err != nil {
			continue
		}
		read := func(name string, n *listedOption) {
			start, end := n.said[0], n.said[1]
			if _, known := docs[name]; known || !n.option || end > int64(len(text)) {
				return
			}
			if doc, ok := readListedDoc(bytes.TrimLeft(text[start:end], ": \t\r\n")); ok {
				doc.List = list
				docs[name] = doc
			}
		}
		read("", n)
		for _, name := range n.names {
			read(name, n.children[name])
		}
	}
	return docs
}

// readListedDoc reads what a list says of an option; ok is false where the file is another one than before.
func readListedDoc(text []byte) (doc ListedDoc, ok bool) {
	var o struct {
		Type                          string
		Default, Example, Description json.RawMessage
		Declarations                  []json.RawMessage
	}
	if json.Unmarshal(text, &o) != nil {
		return doc, false
	}
	doc = ListedDoc{Type: o.Type, Default: listedText(o.Default), Example: listedText(o.Example), Description: withoutRoles(listedText(o.Description))}
	for _, d := range o.Declarations {
		var at struct{ Name string }
		if json.Unmarshal(d, &at.Name) == nil || json.Unmarshal(d, &at) == nil {
			doc.Declarations = append(doc.Declarations, at.Name)
		}
	}
	return doc, true
}

// listedText returns a text of a list: one of its own, or that of what literalExpression, mdDoc and the like make, or else a value
// as JSON.
func listedText(raw json.RawMessage) string {
	var text string
	var made struct{ Text *string }
	switch {
	case raw == nil || string(raw) == "null":
		return ""
	case json.Unmarshal(raw, &text) == nil:
		return strings.TrimSpace(text)
	case json.Unmarshal(raw, &made) == nil && made.Text != nil:
		return strings.TrimSpace(*made.Text)
	}
	return string(raw)
}

// roles matches what the Markdown of nixpkgs' documentation has before code to say what that is.
var roles = regexp.MustCompile("\\{(?:option|file|command|env|var|manpage|program)\\}`")

func withoutRoles(text string) string { return roles.ReplaceAllString(text, "`") }
