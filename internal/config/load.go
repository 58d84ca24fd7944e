package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/workspace"
)

// maxExtended bounds the files that one configuration extends: behind a link that leads back, a file has ever new paths.
const maxExtended = 64

// Load reads the text of a configuration file, and the files that it extends, from files, or from the disk where that is
// nil. Path is its absolute path: patterns are relative to its folder, and problems name it. Every mistake is reported,
// file by file in the order of the text; the configuration is made of all the rest, so it is never nil.
func Load(path, text string, cat *Catalogue, files workspace.FS) (*Config, []Problem) {
	if files == nil {
		files = workspace.OS
	}
	l := &loader{cat: cat, files: files, config: Default(cat), done: map[string]bool{}}
	l.load(path, text)
	c := l.config
	c.Path, c.Dir = path, filepath.Dir(path)
	if from, ok := l.selects(); ok && c.origins[presetKey] == (Origin{}) {
		c.Preset, c.origins[presetKey] = "none", from
	}
	c.cat = l.cat
	l.unmet()
	return c, l.problems
}

// unmet reports the names in select lists that stand for no rule that may run.
func (l *loader) unmet() {
	for _, layer := range l.config.layers {
		blocks := []*block{&layer.block}
		for i := range layer.overrides {
			blocks = append(blocks, &layer.overrides[i].block)
		}
		for _, b := range blocks {
			for _, name := range b.selects {
				if msg := l.config.unmet(name); msg != "" {
					pos := layer.lines.Position(name.span.Start)
					l.problems = append(l.problems, Problem{name.from.File, name.span, pos, msg})
				}
			}
		}
	}
}

// loader reads one configuration with all that it extends.
type loader struct {
	cat      *Catalogue
	files    workspace.FS
	config   *Config
	problems []Problem
	way      []string        // the files from the first to the one at hand
	done     map[string]bool // files that were read
	root     *[2]string      // of the checkout that the first lies in, and where its links lead; nil until it is asked for
}

// selects returns the place of the first list that says which rules run for all files.
func (l *loader) selects() (Origin, bool) {
	for _, layer := range l.config.layers {
		for _, ch := range layer.choices {
			if ch.on {
				return Origin{ch.from.File, ch.from.Line, selectKey}, true
			}
		}
	}
	return Origin{}, false
}

// load reads a file behind what it extends.
func (l *loader) load(path, text string) {
	l.done[path] = true
	l.way = append(l.way, path)
	defer func() { l.way = l.way[:len(l.way)-1] }()
	d := &decoder{path: path, lines: source.NewLineIndex(text), outside: l.outside}
	var problems []Problem
	d.report = func(span source.Span, format string, args ...any) {
		problems = append(problems, Problem{path, span, d.lines.Position(span.Start), fmt.Sprintf(format, args...)})
	}
	if root := l.linkedOut(); root != "" && filepath.IsAbs(path) {
		d.leadsOut(source.Span{}, FileName, root)
		l.problems = append(l.problems, problems...)
		l.config.sources = append(l.config.sources, Source{path, text})
		return
	}
	root := readTOML(d.lines, d.report)
	if e := root.get(requiredKey); e != nil {
		if d.required(l.config, e) {
			l.config.origins[requiredKey] = d.origin(e.span, requiredKey)
		}
		if d.refused {
			// What else seems wrong here, and in what the file extends, is what that version knows.
			before, refusal := len(l.problems), problems[len(problems)-1]
			defer func() { l.problems = append(l.problems[:before], refusal) }()
		}
	}
	if e := root.get(extendsKey); e != nil {
		for _, ref := range d.references(e) {
			l.extend(d, ref)
		}
	}
	l.defines(d, root)
	d.cat = l.cat
	layer := d.file(l.config, root)
	c := l.config
	c.layers = append(c.layers, layer)
	c.notices = append(c.notices, d.notices...)
	if filepath.IsAbs(path) { // no pack, which is part of the program
		c.sources = append(c.sources, Source{path, text})
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	l.problems = append(l.problems, problems...)
}

// references reads the files that a file extends, one or a list.
func (d *decoder) references(e *entry) []reference {
	var refs []reference
	add := func(v *value) {
		switch {
		case strings.TrimSpace(v.text) == "":
			d.report(v.span, "`%s` names no file", extendsKey)
		case strings.Contains(v.text, "://"):
			d.report(v.span, "`%s` is an address: `%s` takes files only, so that what is checked depends on the checkout alone; copy the file into the repository", v.text, extendsKey)
		case filepath.IsAbs(v.text) || strings.HasPrefix(v.text, "/") || strings.HasPrefix(v.text, "~"):
			d.report(v.span, "`%s` must be relative to this file, so that it is the same on every machine", v.text)
		default:
			refs = append(refs, reference{v.text, v.span})
		}
	}
	switch {
	case e.val.kind == kindString:
		add(e.val)
	case e.val.kind == kindArray && !e.val.tables:
		d.texts(e, add)
	default:
		d.report(e.val.span, "`%s` must be a string or an array of strings, not %s", e.key, e.val.kindName())
	}
	return refs
}

// extend reads a file that the one of d extends. A file that two others extend is read once, for the first of them.
func (l *loader) extend(d *decoder, ref reference) {
	if strings.HasPrefix(ref.text, packPrefix) {
		l.pack(d, ref)
		return
	}
	if !filepath.IsAbs(d.path) {
		d.report(ref.span, "a pack extends other packs only")
		return
	}
	path := filepath.Join(filepath.Dir(d.path), filepath.FromSlash(ref.text))
	if info, err := l.files.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, FileName)
	}
	if filepath.Ext(path) != Ext {
		d.report(ref.span, "`%s` is neither a folder nor a file whose name ends in %s", ref.text, Ext)
		return
	}
	if root := l.outside(path); root != "" {
		d.leadsOut(ref.span, ref.text, root)
		return
	}
	if i := slices.Index(l.way, path); i >= 0 {
		d.report(ref.span, "`%s` leads back to this file: %s", ref.text, l.round(l.way[i:]))
		return
	}
	if l.done[path] {
		return
	}
	if len(l.done) > maxExtended {
		d.report(ref.span, "more than %d files are extended", maxExtended)
		return
	}
	text, err := l.files.ReadFile(path)
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		d.report(ref.span, "`%s` cannot be read: %v", ref.text, err)
		l.done[path] = true
		l.config.sources = append(l.config.sources, Source{Path: path})
		return
	}
	l.load(path, string(text))
}

// pack reads a pack of rules that the program brings.
func (l *loader) pack(d *decoder, ref reference) {
	text, ok := pack(ref.text)
	switch {
	case !ok:
		message := fmt.Sprintf("there is no pack `%s`; nixsift brings %s", ref.text, quoted(Packs()))
		if meant := near.Find(ref.text, Packs()); meant != "" {
			message = fmt.Sprintf("there is no pack `%s`; did you mean `%s`?", ref.text, meant)
		}
		d.report(ref.span, "%s", message)
	case !l.done[ref.text]:
		l.load(ref.text, text)
	}
}

// round describes a circle of files that extend each other.
func (l *loader) round(way []string) string {
	if len(way) == 1 {
		return "it extends itself"
	}
	base := filepath.Dir(way[0])
	var names []string
	for _, path := range append(slices.Clone(way), way[0]) {
		if rel, err := filepath.Rel(base, path); err == nil {
			path = filepath.ToSlash(rel)
		}
		names = append(names, "`"+path+"`")
	}
	return strings.Join(names, " extends ")
}
