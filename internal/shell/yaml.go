package shell

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/nixsift/nixsift/ast/source"
)

// A yamlFile is parsed YAML, with what is needed to find nodes and their places.
type yamlFile struct {
	text  string // normalized, lines that could not be read blanked
	root  *textMap
	lines []int // start of each line
	docs  []ast.Node
	// problems are what keeps the text, or a part of it, from being read as YAML; keys are mapping keys that
	// stand for another value before, which only some systems refuse.
	problems []Problem
	keys     []repeatedKey

	aliases map[*ast.AliasNode]ast.Node
	indents map[*ast.LiteralNode]int // indentation of the node that holds a block scalar, -1 at the top
	fuel    int                      // bound on what is visited, since aliases can multiply it
	aliasAt int                      // the alias followed last

	lastLine, lastCol, lastOff int // the place found last: columns count runes, and lines may be long
}

// A repeatedKey is a key of a mapping that has the key already, perhaps in another case.
type repeatedKey struct {
	key   string
	at    int // offset in the text
	first int // line of the other, from 1
	exact bool
}

// maxProblems bounds the problems of one file that are kept.
const maxProblems = 20

// fail notes a problem, the first of each place.
func (y *yamlFile) fail(span source.Span, format string, args ...any) {
	here := func(p Problem) bool { return p.Span.Start == span.Start }
	if len(y.problems) < maxProblems && !slices.ContainsFunc(y.problems, here) {
		y.problems = append(y.problems, Problem{Msg: fmt.Sprintf(format, args...), Span: span})
	}
}

// failAt notes a problem on the rest of the line at an offset of the text.
func (y *yamlFile) failAt(at int, format string, args ...any) {
	at = min(at, len(y.text))
	y.fail(y.root.span(at, at+lineLen(y.text[at:])), format, args...)
}

// parseYAML reads YAML. Where the library rejects the text, lines around each error are blanked until
// the rest parses, so that one bad line costs its neighbourhood only.
func parseYAML(text string) *yamlFile {
	norm, root := normalize(text)
	y := &yamlFile{text: norm, root: root, fuel: 100_000 + 64*len(norm), aliases: map[*ast.AliasNode]ast.Node{},
		indents: map[*ast.LiteralNode]int{}}
	y.lines = lineStarts(norm)
	if !y.checkEncoding() {
		return y
	}
	y.dropEmptyTags()
	file, bad := y.parse()
	if bad != nil && y.dropMarkers() {
		file, bad = y.parse()
	}
	if bad != nil {
		y.failAt(bad.at, "%s", bad.msg)
		if file = y.retry(bad); file == nil {
			return y
		}
	}
	y.load(file)
	return y
}

// dropMarkers blanks the lines by which Git marks a conflict, if there are any, so that both sides are read.
func (y *yamlFile) dropMarkers() bool {
	if !strings.Contains("\n"+y.text, "\n<<<<<<< ") || !strings.Contains(y.text, "\n>>>>>>> ") {
		return false
	}
	b := []byte(y.text)
	for line, start := range y.lines {
		text := y.line(line)
		switch mark := text[:min(len(text), 8)]; {
		case mark == "<<<<<<< ":
			y.failAt(start, "the YAML does not parse: a merge conflict is not resolved")
		case mark == ">>>>>>> " || mark == "||||||| " || text == "=======":
		default:
			continue
		}
		for i := range len(text) {
			b[start+i] = ' '
		}
	}
	y.text = string(b)
	return true
}

// load takes over the parsed documents. A panic in the library leaves those before it.
func (y *yamlFile) load(file *ast.File) {
	defer func() {
		if p := recover(); p != nil {
			y.fail(source.Span{}, "the YAML could not be read: %v", p)
		}
	}()
	anchors := map[string]ast.Node{}
	for _, d := range file.Docs {
		if _, ok := d.Body.(*ast.DirectiveNode); !ok && d.Body != nil { // %YAML 1.2
			y.index(d.Body, -1, anchors)
			y.docs = append(y.docs, d.Body)
		}
	}
}

type yamlError struct {
	msg      string
	line, at int // line from 0; offset in text
	fatal    bool
}

// parse runs the library over the text as it stands.
func (y *yamlFile) parse() (file *ast.File, bad *yamlError) {
	defer func() {
		if r := recover(); r != nil {
			file, bad = nil, &yamlError{msg: fmt.Sprintf("the YAML could not be read: %v", r), fatal: true}
		}
	}()
	if e := y.checkText(); e != nil {
		return nil, e
	}
	tokens := lexer.Tokenize(y.tame())
	if e := y.checkTokens(tokens); e != nil {
		return nil, e
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	straighten(tokens)
	if err == nil {
		return file, nil
	}
	bad = &yamlError{msg: "the YAML does not parse"}
	// Error() of the library's errors formats an excerpt of the source, which takes long on long lines.
	var detail interface {
		GetMessage() string
		GetToken() *token.Token
	}
	if errors.As(err, &detail) {
		bad.msg = "the YAML does not parse: " + detail.GetMessage()
		if tk := detail.GetToken(); tk != nil && tk.Position != nil {
			bad.line = min(max(tk.Position.Line-1, 0), len(y.lines)-1)
			bad.at = y.offset(tk.Position)
		}
	}
	return nil, bad
}

// straighten corrects the columns behind tags: the library's scanner does not count the "!" that begins one.
func straighten(tokens token.Tokens) {
	line, tags := 0, 0
	for _, tk := range tokens {
		if tk.Position == nil {
			continue
		}
		if tk.Position.Line != line {
			line, tags = tk.Position.Line, 0
		}
		tk.Position.Column += tags
		if tk.Type == token.TagType {
			tags++
		}
	}
}

// retry blanks lines until the rest parses: the line of the error or the one before, where the mistake may
// be, whichever moves the next error further. Failing that, it keeps what is before the error.
func (y *yamlFile) retry(bad *yamlError) *ast.File {
	dead, start, all := map[int]bool{}, bad.line, y.text
	for try := 0; bad != nil && !bad.fatal && len(y.text) <= maxRetrySize && try < maxRetries; try++ {
		whole, before := y.text, max(bad.line-1, 0)
		for before > 0 && strings.TrimSpace(y.line(before)) == "" {
			before--
		}
		y.text = y.blanked(bad.line, dead)
		file, next := y.parse()
		if next != nil && strings.TrimSpace(whole[y.lines[before]:y.lineEnd(before)]) != "" {
			here := y.text
			y.text = whole
			y.text = y.blanked(before, map[int]bool{})
			if file2, next2 := y.parse(); next2 == nil || next2.line > next.line+1 {
				file, next = file2, next2
				dead[before] = true
			} else {
				y.text = here
			}
		}
		if next == nil {
			return file
		}
		bad = next
	}
	if bad.fatal {
		return nil
	}
	y.text = all[:y.lines[start]] + strings.Repeat("\n", len(all)-y.lines[start])
	y.lines = lineStarts(y.text)
	file, _ := y.parse()
	return file
}

// blanked returns the text with the line, or, where it is blank already, the block around it, overwritten
// with spaces.
func (y *yamlFile) blanked(line int, dead map[int]bool) string {
	first, last := line, line
	if dead[line] || strings.TrimSpace(y.line(line)) == "" {
		for first > 0 && (dead[first] || strings.TrimSpace(y.line(first)) == "") {
			first--
		}
		in := indent(y.line(first))
		for last = max(last, first) + 1; last < len(y.lines); last++ {
			if l := y.line(last); strings.TrimSpace(l) != "" && indent(l) <= in {
				break
			}
		}
		last--
	}
	b := []byte(y.text)
	for l := first; l <= last; l++ {
		dead[l] = true
		for i := y.lines[l]; i < y.lineEnd(l); i++ {
			b[i] = ' '
		}
	}
	return string(b)
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func lineStarts(text string) []int {
	starts := make([]int, 1, 1+strings.Count(text, "\n"))
	for i := 0; ; {
		n := strings.IndexByte(text[i:], '\n')
		if n < 0 {
			return starts
		}
		i += n + 1
		starts = append(starts, i)
	}
}

func (y *yamlFile) lineEnd(line int) int {
	if line+1 < len(y.lines) {
		return y.lines[line+1] - 1
	}
	return len(y.text)
}

func (y *yamlFile) line(line int) string { return y.text[y.lines[line]:y.lineEnd(line)] }

// offset converts a position of the library: lines and columns from 1, columns in runes, where a byte that
// is not UTF-8 is one.
func (y *yamlFile) offset(p *token.Position) int {
	line := p.Line - 1
	if line < 0 || line >= len(y.lines) {
		return len(y.text)
	}
	col, at := 1, y.lines[line]
	if line == y.lastLine && y.lastCol > 0 && p.Column >= y.lastCol {
		col, at = y.lastCol, y.lastOff
	}
	for end := y.lineEnd(line); col < p.Column && at < end; col++ {
		_, n := utf8.DecodeRuneInString(y.text[at:end])
		at += n
	}
	y.lastLine, y.lastCol, y.lastOff = line, col, at
	return at
}

// index records what each alias stands for, and the indentation around block scalars. The depth of the tree
// is bounded by checkTokens.
func (y *yamlFile) index(n ast.Node, in int, anchors map[string]ast.Node) {
	switch n := n.(type) {
	case *ast.MappingNode:
		y.indexKeys(n)
		for _, v := range n.Values {
			y.index(v, in, anchors)
		}
	case *ast.MappingValueNode:
		col := in
		if tk := n.Key.GetToken(); tk != nil && tk.Position != nil {
			col = tk.Position.Column - 1
			y.checkIndent(n.Value, tk.Position)
		}
		y.index(n.Key, col, anchors)
		y.index(n.Value, col, anchors)
	case *ast.MappingKeyNode:
		y.index(n.Value, in, anchors)
	case *ast.SequenceNode:
		col := in
		if n.Start != nil && n.Start.Position != nil && !n.IsFlowStyle {
			col = n.Start.Position.Column - 1
		}
		for _, v := range n.Values {
			y.index(v, col, anchors)
		}
	case *ast.AnchorNode:
		y.index(n.Value, in, anchors)
		if n.Name != nil && n.Value != nil {
			anchors[n.Name.GetToken().Value] = n.Value
		}
	case *ast.AliasNode:
		if n.Value != nil {
			tk := n.Value.GetToken()
			if y.aliases[n] = anchors[tk.Value]; y.aliases[n] == nil && tk.Position != nil {
				y.failAt(y.offset(tk.Position), "the YAML does not parse: `*%s` has no anchor `&%s` before it", tk.Value, tk.Value)
			}
		}
	case *ast.TagNode:
		y.index(n.Value, in, anchors)
	case *ast.LiteralNode:
		y.indents[n] = in
	}
}

// checkIndent notes a scalar on a line behind its key's that is not indented further, which the library takes for the
// key's value: a key without its colon, the mark of a conflict.
func (y *yamlFile) checkIndent(value ast.Node, key *token.Position) {
	s, ok := value.(ast.ScalarNode)
	if _, block := value.(*ast.LiteralNode); !ok || block || value.Type() == ast.NullType {
		return
	}
	tk := s.GetToken()
	if tk == nil || tk.Position == nil || tk.Prev == nil || tk.Position.Line <= key.Line {
		return
	}
	at := y.before(tk) // the library's own place of text on several lines is the end of the last
	before := y.text[:at]
	if blanks := before[strings.LastIndexByte(before, '\n')+1:]; y.offset(key) < at-len(blanks) && len(blanks) < key.Column && strings.Trim(blanks, " ") == "" {
		y.failAt(at, "the YAML does not parse: neither a key, for want of a colon, nor indented as the value of the key before")
	}
}

// indexKeys records the keys of a mapping that repeat others.
func (y *yamlFile) indexKeys(n *ast.MappingNode) {
	seen := map[string]*token.Token{}
	for _, v := range n.Values {
		tk := v.Key.GetToken()
		if _, scalar := v.Key.(ast.ScalarNode); !scalar || tk == nil || tk.Position == nil || v.Key.IsMergeKey() {
			continue
		}
		folded := strings.ToLower(tk.Value)
		if first := seen[folded]; first == nil {
			seen[folded] = tk
		} else if len(y.keys) < maxProblems {
			y.keys = append(y.keys, repeatedKey{tk.Value, y.offset(tk.Position), first.Position.Line, tk.Value == first.Value})
		}
	}
}

// burn takes n units of fuel and reports whether there was enough.
func (y *yamlFile) burn(n int) bool {
	if y.fuel -= n; y.fuel >= 0 {
		return true
	}
	y.fail(y.root.span(y.aliasAt, y.aliasAt+lineLen(y.text[y.aliasAt:])), "the YAML has too many aliases to follow")
	return false
}

// resolve strips anchors, aliases and tags. Tags that are an application's own, such as GitLab's
// `!reference`, stand for something else than their node: the result is nil.
func (y *yamlFile) resolve(n ast.Node) ast.Node {
	for range maxAliases {
		if !y.burn(1) {
			return nil
		}
		switch v := n.(type) {
		case *ast.AnchorNode:
			n = v.Value
		case *ast.AliasNode:
			if tk := v.GetToken(); tk != nil && tk.Position != nil {
				y.aliasAt = min(y.offset(tk.Position), len(y.text))
			}
			y.burn(16)
			n = y.aliases[v]
		case *ast.TagNode:
			if v.Start == nil || !strings.HasPrefix(v.Start.Value, "!!") {
				return nil
			}
			n = v.Value
		default:
			return n
		}
	}
	y.failAt(y.aliasAt, "the YAML has aliases of aliases that lead too far")
	return nil
}

// An entry is one key of a mapping.
type entry struct {
	key   string
	keyAt int // offset of the key in the text
	value ast.Node
}

// entries returns a mapping's keys in source order, and behind them those that merge keys add.
func (y *yamlFile) entries(n ast.Node) []entry { return y.merged(n, 0) }

func (y *yamlFile) merged(n ast.Node, depth int) []entry {
	m, ok := y.resolve(n).(ast.MapNode)
	if !ok {
		return nil
	}
	if depth > maxMerges {
		y.failAt(y.aliasAt, "the YAML merges mappings that merge others too deeply")
		return nil
	}
	var own []entry
	var merges []ast.Node
	for it := m.MapRange(); it.Next(); {
		if !y.burn(1) {
			break
		}
		k := it.Key()
		if k.IsMergeKey() {
			merges = append(merges, it.Value())
			continue
		}
		var key ast.Node = k
		if mk, ok := key.(*ast.MappingKeyNode); ok {
			key = mk.Value
		}
		key = y.resolve(key)
		if key == nil {
			continue
		}
		if tk := key.GetToken(); tk != nil {
			own = append(own, entry{key: tk.Value, keyAt: y.offset(tk.Position), value: it.Value()})
		}
	}
	if merges == nil {
		return own
	}
	have := map[string]bool{}
	for _, e := range own {
		have[e.key] = true
	}
	for _, m := range merges {
		sources := []ast.Node{m}
		if seq, ok := y.resolve(m).(*ast.SequenceNode); ok {
			sources = seq.Values
		}
		for _, s := range sources {
			for _, e := range y.merged(s, depth+1) {
				if !have[e.key] {
					have[e.key] = true
					own = append(own, e)
				}
			}
		}
	}
	return own
}

// get returns the value of a key, nil where there is none; of several the last.
func (y *yamlFile) get(n ast.Node, path ...string) ast.Node {
	for _, key := range path {
		var found ast.Node
		for _, e := range y.entries(n) {
			if e.key == key {
				found = e.value
			}
		}
		if found == nil {
			return nil
		}
		n = found
	}
	return y.resolve(n)
}

// items returns the elements of a sequence.
func (y *yamlFile) items(n ast.Node) []ast.Node {
	if seq, ok := y.resolve(n).(*ast.SequenceNode); ok {
		return seq.Values
	}
	return nil
}

// str returns the text of a scalar, or "".
func (y *yamlFile) str(n ast.Node) string {
	if s, ok := y.scalar(n); ok {
		return s.text
	}
	return ""
}
