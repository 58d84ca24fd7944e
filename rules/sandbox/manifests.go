package sandbox

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/builders"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

// airgapped is the setting of a rule that finds something only for clusters without network.
func airgapped() rules.Setting[bool] {
	return rules.NewSetting("airgapped", "Report images for a cluster that reaches no registry.", false)
}

// toldAirgapped is what the page of such a rule says of the setting.
func toldAirgapped(id string) string {
	return "The rule finds something only where it is told that the clusters are airgapped:\n\n```toml\n[rules]\n" + id + " = { airgapped = true }\n```"
}

// reference is the image of a container in a manifest of Kubernetes, as the file has it.
type reference struct {
	Span source.Span
	// Text is what is written; what is interpolated is in it as "${…}".
	Text string
	// In is set where a file of its own has it: the path, and the place there. Span is then where that is named.
	In   string
	InAt source.Span
}

// related says where a file of its own has the image.
func (r reference) related() []diag.Related {
	if r.In == "" {
		return nil
	}
	return []diag.Related{{File: r.In, Span: r.InAt, Message: "the image"}}
}

// name returns the image without tag and digest.
func (r reference) name() string {
	name, _, _ := strings.Cut(r.Text, "@")
	if tag := r.tag(); tag != "" {
		return strings.TrimSuffix(name, ":"+tag)
	}
	return name
}

// tag returns what stands behind the last colon, but for the port of a registry; "" where there is none.
func (r reference) tag() string {
	name, _, _ := strings.Cut(r.Text, "@")
	colon := strings.LastIndexByte(name, ':')
	if colon < 0 || colon < strings.LastIndexByte(name, '/') {
		return ""
	}
	return name[colon+1:]
}

// hasDigest reports whether the image is fixed by its content.
func (r reference) hasDigest() bool { return strings.Contains(r.Text, "@") }

// isComputed reports whether the image, or its end, is interpolated.
func (r reference) isComputed() bool { return strings.Contains(r.Text, "${") }

// containers are the attributes of a pod that list containers.
var containers = []string{"containers", "initContainers", "ephemeralContainers"}

// manifestImages returns the images that a file names in manifests: sets with apiVersion and kind, and YAML or JSON in strings.
func manifestImages(p *rules.Pass, long func(path string, at source.Span)) (found []reference) {
	src := p.Tree.Source()
	if p.Tree.Kinds().HaveAny(ast.KindsOf(ast.Path)) {
		found = manifestFiles(p, long)
	}
	if !strings.Contains(src, "apiVersion") || !strings.Contains(src, "image") {
		return found
	}
	for i, rec := range p.Tree.Records() {
		switch n := p.Tree.Node(ast.NodeID(i)); rec.Kind {
		case ast.Binding:
			if b := (ast.BindingNode{Node: n}); b.Attrpath().IsSingle("image") && inContainer(n) {
				if ref, ok := imageOf(b.Value().Unparen()); ok {
					found = append(found, ref)
				}
			}
		case ast.String, ast.IndString:
			if text := n.Text(); strings.Contains(text, "apiVersion") && strings.Contains(text, "image") {
				found = append(found, textImages(linesOf(n), text)...)
			}
		}
	}
	return found
}

// maxAround bounds the nodes around an image in which the manifest is looked for.
const maxAround = 64

// inContainer reports whether a binding is one of a container in a manifest.
func inContainer(n ast.Node) bool {
	listed := false
	left := maxAround
	for up := range n.Ancestors() {
		if left--; left == 0 {
			return false
		}
		switch {
		case up.Is(ast.Lambda) || up.Is(ast.Let):
			return false
		case up.Is(ast.Binding):
			listed = listed || slices.Contains(containers, (ast.BindingNode{Node: up}).Attrpath().LastName())
		case up.Is(ast.AttrSet) && listed:
			_, version := ast.Attr(up, "apiVersion")
			_, kind := ast.Attr(up, "kind")
			if version && kind {
				return true
			}
		}
	}
	return false
}

// imageOf returns the image that a string is.
func imageOf(value ast.Node) (reference, bool) {
	if !value.Is(ast.String) {
		return reference{}, false
	}
	text := ""
	for part := range ast.Parts(value) {
		if part.IsText() {
			text += part.Span.Of(value.Tree().Source())
		} else {
			text += "${…}"
		}
	}
	return reference{Span: source.Span{Start: value.Start() + 1, End: value.End() - 1}, Text: strings.Clone(text)}, text != "" && !strings.ContainsAny(text, " \n\\")
}

// A level is a key of YAML that stands open, with its indentation.
type level struct {
	indent int
	key    string
}

// maxManifest is the length in bytes of the longest file that is read as a manifest.
const maxManifest = 1 << 20

// manifestReaders are functions that read a file of YAML or JSON, or its text.
var manifestReaders = []string{"readFile", "fileContents", "importJSON", "fromYAML", "fromYaml", "importYAML", "importYaml", "readYAML", "readYaml", "fromYAMLFile"}

// manifestFiles returns the images in the files that a file names as manifests: in services.k3s.manifests and its kin, and for functions that
// read them. Of files that are too long to be read it calls long.
func manifestFiles(p *rules.Pass, long func(path string, at source.Span)) (found []reference) {
	seen := map[string]bool{}
	for i, rec := range p.Tree.Records() {
		if rec.Kind != ast.Path {
			continue
		}
		n := p.Tree.Node(ast.NodeID(i))
		if !namesManifest(n) {
			continue
		}
		path, ok := project.Resolve(p.Path, n)
		if !ok || seen[path] || p.Project.Kind(path) != project.Regular {
			continue
		}
		seen[path] = true
		f := p.Project.File(path)
		if f == nil || !strings.Contains(f.Text(), "apiVersion") || !strings.Contains(f.Text(), "image") {
			continue
		}
		if len(f.Text()) > maxManifest {
			long(path, n.Span())
			continue
		}
		for _, image := range textImages(linesOfFile(f.Text()), f.Text()) {
			image.In, image.InAt, image.Span = path, image.Span, n.Span()
			found = append(found, image)
		}
	}
	return found
}

// tellLong returns what manifestImages calls of a manifest that is too long: one rule tells of it.
func tellLong(p *rules.Pass, but ...string) func(path string, at source.Span) {
	return func(path string, at source.Span) {
		if slices.ContainsFunc(but, p.Runs) {
			return
		}
		p.ReportMildly(diag.Finding{
			Span: at, Severity: diag.Info, Message: "the manifest is too long to be read: which images it names is not known",
			Help: "split it, or render it in a derivation",
		}, diag.Hint)
	}
}

// namesManifest reports whether a path is one of a manifest: below an attribute that is called after manifests, or given to what reads YAML or JSON.
func namesManifest(n ast.Node) bool {
	data := slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(n.Text()))
	left := maxAround
	for up := range n.Ancestors() {
		if left--; left == 0 {
			return false
		}
		switch {
		case up.IsCall():
			if data && slices.Contains(manifestReaders, ast.LastName((ast.ApplyExpr{Node: up}).Func())) {
				return true
			}
		case up.Is(ast.Binding):
			b := ast.BindingNode{Node: up}
			path := builders.PathOf(b)
			if name := b.Attrpath().LastName(); !data && name != "source" {
				return false
			}
			return slices.ContainsFunc(path, func(name string) bool { return strings.Contains(name, "manifests") })
		}
	}
	return false
}

// jsonImage matches an image in JSON, flowImage one in a mapping of YAML on one line.
var (
	jsonImage = regexp.MustCompile(`"image"\s*:\s*"([^"\\]+)"`)
	flowImage = regexp.MustCompile(`[{,]\s*["']?image["']?\s*:\s*["']?([^\s,"'{}]+)`)
)

// textImages returns the images of containers in a text of YAML or JSON.
func textImages(lines []textLine, text string) (found []reference) {
	if !strings.Contains(text, "kind") || !slices.ContainsFunc(containers, func(c string) bool { return strings.Contains(text, c) }) {
		return nil
	}
	for i := range lines {
		if trimmed := strings.TrimSpace(lines[i].text); trimmed != "" {
			if trimmed[0] != '{' && trimmed[0] != '[' {
				return yamlImages(lines)
			}
			break
		}
	}
	for i := range lines {
		found = append(found, lines[i].matches(jsonImage)...)
	}
	return found
}

// yamlImages returns the images of containers in documents of YAML, line by line: keys that nest by indentation.
func yamlImages(lines []textLine) (found []reference) {
	var open []level
	block := -1 // the indentation of the key whose text follows
	anchors := map[string]reference{}
	inside := func() bool {
		return slices.ContainsFunc(open, func(o level) bool { return slices.Contains(containers, o.key) })
	}
	add := func(ref reference) {
		if !slices.ContainsFunc(found, func(f reference) bool { return f.Span == ref.Span }) {
			found = append(found, ref)
		}
	}
	for i := range lines {
		l := &lines[i]
		trimmed := strings.TrimLeft(l.text, " ")
		indent := len(l.text) - len(trimmed)
		if trimmed == "" || trimmed[0] == '#' || block >= 0 && indent > block {
			continue
		}
		block = -1
		if strings.HasPrefix(trimmed, "---") || trimmed == "..." {
			open = nil
			clear(anchors)
			continue
		}
		dash := false
		for strings.HasPrefix(trimmed, "- ") {
			rest := strings.TrimLeft(trimmed[1:], " ")
			indent += len(trimmed) - len(rest)
			trimmed, dash = rest, true
		}
		for len(open) > 0 && (open[len(open)-1].indent > indent || open[len(open)-1].indent == indent && !dash) {
			open = open[:len(open)-1]
		}
		if strings.HasPrefix(trimmed, "{") {
			if inside() {
				found = append(found, l.matches(flowImage)...)
			}
			continue
		}
		key, value, ok := strings.Cut(trimmed, ":")
		if !ok || value != "" && value[0] != ' ' {
			continue
		}
		for len(open) > 0 && open[len(open)-1].indent >= indent {
			open = open[:len(open)-1]
		}
		key = strings.Trim(key, `"'`)
		anchor, value := properties(value)
		open = append(open, level{indent, key})
		switch {
		case strings.HasPrefix(value, "|"), strings.HasPrefix(value, ">"):
			block = indent
			continue
		case strings.HasPrefix(value, "["):
			if slices.Contains(containers, key) {
				found = append(found, l.matches(flowImage)...)
			}
			continue
		case strings.HasPrefix(value, "*"):
			name, _, _ := strings.Cut(value[1:], " ")
			if ref, known := anchors[name]; known && key == "image" && inside() {
				add(ref)
			}
			continue
		}
		ref, ok := l.image(value)
		if ok && anchor != "" {
			anchors[anchor] = ref
		}
		if ok && key == "image" && inside() {
			add(ref)
		}
	}
	return found
}

// properties splits the anchor of a value of YAML, and a tag, from it.
func properties(value string) (anchor, rest string) {
	rest = strings.TrimSpace(value)
	for rest != "" && (rest[0] == '&' || rest[0] == '!') {
		word, behind, _ := strings.Cut(rest, " ")
		if rest[0] == '&' {
			anchor = word[1:]
		}
		rest = strings.TrimSpace(behind)
	}
	return anchor, rest
}

// A textLine is a line of a string as it is evaluated, with the place of each byte.
type textLine struct {
	text  string
	spans []source.Span
}

// linesOf returns the lines of a string; an interpolation is "${…}" in it, and each byte of that stands for all of it.
func linesOf(n ast.Node) (lines []textLine) {
	var at textLine
	var b strings.Builder
	end := func() {
		at.text = b.String()
		lines = append(lines, at)
		at = textLine{}
		b.Reset()
	}
	for _, p := range ast.PlacedTexts(n) {
		text := p.Text
		if p.Interp.IsValid() {
			text = "${…}"
		}
		for i := 0; i < len(text); i++ {
			if text[i] == '\n' {
				end()
				continue
			}
			b.WriteByte(text[i])
			span := p.Span
			if !p.Interp.IsValid() && len(text) == span.Len() {
				span = source.Span{Start: span.Start + uint32(i), End: span.Start + uint32(i) + 1}
			}
			at.spans = append(at.spans, span)
		}
	}
	end()
	return lines
}

// linesOfFile returns the lines of a file.
func linesOfFile(text string) (lines []textLine) {
	at := uint32(0)
	for line := range strings.Lines(text) {
		l := textLine{text: strings.TrimRight(line, "\r\n")}
		for i := range uint32(len(l.text)) {
			l.spans = append(l.spans, source.Span{Start: at + i, End: at + i + 1})
		}
		at += uint32(len(line))
		lines = append(lines, l)
	}
	return lines
}

// matches returns the images that an expression finds in a line, as its first group.
func (l *textLine) matches(re *regexp.Regexp) (found []reference) {
	for _, m := range re.FindAllStringSubmatchIndex(l.text, -1) {
		found = append(found, reference{Span: l.span(m[2], m[3]), Text: strings.Clone(l.text[m[2]:m[3]])})
	}
	return found
}

// span returns the place of a range of the line that is not empty.
func (l *textLine) span(from, to int) source.Span {
	return source.Span{Start: l.spans[from].Start, End: l.spans[to-1].End}
}

// image returns the image that the value of a line is.
func (l *textLine) image(value string) (reference, bool) {
	value, _, _ = strings.Cut(value, " #")
	value = strings.TrimSpace(value)
	if len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
		value = value[1 : len(value)-1]
	}
	at := strings.LastIndex(l.text, value)
	if value == "" || at < 0 || strings.ContainsAny(value, " {}&*!") && !strings.Contains(value, "${") || strings.Contains(value, "{{") {
		return reference{}, false
	}
	return reference{Span: l.span(at, at+len(value)), Text: strings.Clone(value)}, true
}
