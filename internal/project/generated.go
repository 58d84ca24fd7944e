package project

import (
	"bufio"
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/nixsift/nixsift/ast"
)

// attributes are the linguist-generated patterns of one .gitattributes file.
type attributes struct {
	lines []attributeLine
}

type attributeLine struct {
	glob string
	on   bool
}

// generatedHeader finds the words by which tools mark their output. Prose speaks of generated things, too: the words
// must begin a line, or say it of the file or what it consists of.
var generatedHeader = sync.OnceValue(func() *regexp.Regexp {
	const auto = `(?:auto(?:matically)?[- ]?)?`
	return regexp.MustCompile(`(?im)(?:@generated\b|\bauto-?generated\b|\bdo not (?:edit|modify)\b` +
		`|^[\s#*/!;-]*` + auto + `generated (?:by|with|from|using|file|code)\b` +
		`|\b(?:file|expression|code|module|set|packages?|derivations?|list|nix)(?: (?:has been|was|is|were|are))? ` + auto + `generated (?:by|with|from|using)\b` +
		`|\bthis file (?:has been|was|is) ` + auto + `generated\b` +
		`|\bthis is an? ` + auto + `generated\b)`)
})

// Generated reports whether a file is the output of a tool: a leading comment says so, or a .gitattributes
// file of the project marks it linguist-generated. Rules other than errors leave such files alone.
func (p *Project) Generated(path string, t *ast.Tree) bool {
	if t != nil {
		for i := 0; i < t.NumTokens(); i++ {
			tok := t.Token(i)
			if !tok.Kind().IsTrivia() {
				break
			}
			if tok.Kind().IsComment() && generatedHeader().MatchString(tok.Text()) {
				return true
			}
		}
	}
	return p.linguistGenerated(path)
}

// GeneratedText reports the same of a file that is not Nix, whose comments begin with "#".
func (p *Project) GeneratedText(path, text string) bool {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			break
		}
		if generatedHeader().MatchString(line) {
			return true
		}
	}
	return p.linguistGenerated(path)
}

func (p *Project) linguistGenerated(path string) bool {
	root := p.Root()
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if a := p.store.attributes(dir); a != nil {
			rel, err := filepath.Rel(dir, path)
			if err != nil {
				return false
			}
			rel = filepath.ToSlash(rel)
			for i := len(a.lines) - 1; i >= 0; i-- {
				if ok, _ := doublestar.Match(a.lines[i].glob, rel); ok {
					return a.lines[i].on
				}
			}
		}
		if dir == root || dir == filepath.Dir(dir) {
			return false
		}
	}
}

func (s *Store) attributes(dir string) *attributes {
	s.mu.Lock()
	l := s.attrs[dir]
	if l == nil {
		l = &lazy[*attributes]{}
		s.attrs[dir] = l
	}
	s.mu.Unlock()
	return l.get(func() *attributes {
		path := filepath.Join(dir, ".gitattributes")
		if _, err := s.fs.Lstat(path); err != nil { // the folder's listing tells
			return nil
		}
		text, err := s.fs.ReadFile(path)
		if err != nil {
			return nil
		}
		a := &attributes{}
		for sc := bufio.NewScanner(bytes.NewReader(text)); sc.Scan(); {
			fields := strings.Fields(sc.Text())
			if len(fields) < 2 || strings.HasPrefix(fields[0], "#") {
				continue
			}
			for _, f := range fields[1:] {
				name, value, _ := strings.Cut(strings.TrimLeft(f, "-!"), "=")
				if name == "linguist-generated" {
					a.lines = append(a.lines, attributeLine{attributeGlob(fields[0]), f[0] != '-' && f[0] != '!' && value != "false"})
				}
			}
		}
		return a
	})
}

// attributeGlob turns a gitattributes pattern into a doublestar one: without a slash it matches in any
// folder.
func attributeGlob(pattern string) string {
	if !strings.Contains(strings.TrimPrefix(pattern, "/"), "/") && !strings.HasPrefix(pattern, "/") {
		return "**/" + pattern
	}
	return strings.TrimPrefix(pattern, "/")
}
