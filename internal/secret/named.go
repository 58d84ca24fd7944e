package secret

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/parser"
)

// InNix returns the places of the secrets in the text of a Nix file that names say to be ones, as InTree does.
func InNix(text string) []source.Span {
	if !mayName(text) {
		return nil
	}
	return InTree(parser.Parse(text))
}

// inKnownTree is InNix of a text that is parsed.
func inKnownTree(tree *ast.Tree) []source.Span {
	if !mayName(tree.Source()) {
		return nil
	}
	return InTree(tree)
}

// stems are those without one of which no text has a name of a secret.
var stems = []string{"pass", "token", "secret", "psk", "pwd", "key"}

// mayName reports whether a text may have such a name in it. It is asked of whole files.
func mayName(text string) bool {
	for i := 0; i+1 < len(text); i++ {
		switch text[i] | 0x20 {
		case 'p', 't', 's', 'k':
			for _, stem := range stems {
				if len(text)-i >= len(stem) && text[i]|0x20 == stem[0] && strings.EqualFold(text[i:i+len(stem)], stem) {
					return true
				}
			}
		}
	}
	return false
}

// InTree returns the places of the texts in a Nix file that names say to be secrets, in order and apart from each other: contents of strings,
// without quotes and interpolations, that are the value of an attribute, a variable or a formal with such a name, or that the value is made
// of. It looks through parentheses, conditions, calls, operators, lists, the sets below such a name, and the names that let and rec give.
// What the value is compared with, and what stands for a secret that comes from elsewhere, is none.
func InTree(tree *ast.Tree) []source.Span {
	m := marker{tree: tree, left: maxClimbs + len(tree.Records())}
	for id, rec := range tree.Records() {
		switch rec.Kind {
		case ast.Binding:
			m.binding(ast.BindingNode{Node: tree.Node(ast.NodeID(id))})
		case ast.Formal:
			f := ast.FormalNode{Node: tree.Node(ast.NodeID(id))}
			if name, ok := ast.AttrName(f.Name()); ok && isHolder(name) {
				m.mark(f.Default())
			}
		case ast.List:
			m.words(tree.Node(ast.NodeID(id)))
		case ast.Apply:
			m.pair(tree.Node(ast.NodeID(id)))
		case ast.Binary:
			if n := tree.Node(ast.NodeID(id)); n.IsCall() {
				m.pair(n)
			} else {
				m.joined(n)
			}
		case ast.Interpolation:
			n := tree.Node(ast.NodeID(id))
			if before := n.FirstToken().Prev(); before.IsValid() && (before.Kind() == ast.TokText || before.Kind() == ast.TokIndText) && giving(before.Text()) {
				m.mark(n.FirstChild())
			}
		}
	}
	return apartOf(m.out)
}

// marker marks the secrets of one tree.
type marker struct {
	tree *ast.Tree
	out  []source.Span
	todo []holder
	seen map[holder]bool
	sets map[ast.NodeID]map[string]ast.Node // what sets bind, by name
	left int                                // the scopes that are still looked into
}

// maxClimbs bounds the scopes that names are looked for in, beside the size of the file.
const maxClimbs = 1 << 16

// holder is an expression that is a secret, or that has some.
type holder struct {
	ast.Node
	// all is set where every element and attribute is one, and the value itself is not: that of passwords, not that of password.
	all bool
	// called is set for what a function is given: of a list, words are secrets, too.
	called bool
}

// isHolder reports whether what a name is given is a secret, or has some, as Nix's own access-tokens. The signing key of git is named, not
// given.
func isHolder(name string) bool {
	return (IsName(name) || namesSecret(name)) && !strings.EqualFold(name, "signingkey") || strings.HasSuffix(name, "access-tokens")
}

// isMany reports whether a name is one for several secrets: passwords. What secrets and tokens hold has names or is words of a language.
func isMany(name string) bool {
	const least = len("psks")
	if len(name) < least || name[len(name)-1]|0x20 != 's' {
		return false
	}
	lower := strings.ToLower(name)
	return lower == "psks" || slices.ContainsFunc([]string{"passwords", "passphrases", "passwds", "apikeys", "api_keys", "api-keys"}, func(end string) bool {
		return strings.HasSuffix(lower, end)
	})
}

// inHolder are the attributes of a set below the name of a secret that have it.
var inHolder = []string{"value", "text", "content", "contents", "default", "plain", "plaintext", "plainText", "clear", "cleartext", "literal", "raw", "string", "data",
	"stringData", "_secret", "hash", "hashed", "current", "initial", "fallback"}

// besideSecrets are attributes below the name of several secrets that have none.
var besideSecrets = []string{"file", "path", "owner", "group", "mode", "user", "username", "name", "description", "type", "source", "sopsFile", "format", "backend", "provider", "example", "label"}

// binding marks what an attribute or a variable is given, if its path says that this is a secret.
func (m *marker) binding(b ast.BindingNode) {
	before, many := "", 0 // the name before the last, and how many stand behind that of several secrets
	last, known := "", false
	for part := range b.Attrpath().Children() {
		before = last
		last, known = attrName(part)
		switch {
		case known && isMany(last):
			many = 1
		case many > 0:
			many++
		}
	}
	switch {
	case known && isHolder(last):
		m.mark(b.Value())
	case many == 1:
		m.from(holder{Node: b.Value(), all: true})
	case known && slices.Contains(inHolder, last) && isHolder(before) && !isFile(before), many == 2 && !(known && slices.Contains(besideSecrets, last)),
		many == 3 && known && slices.Contains(inHolder, last):
		m.mark(b.Value())
	case last == "value": // { name = "DB_PASSWORD"; value = "…"; }
		if text, ok := ast.ConstantText(m.bindings(b.Parent())["name"]); ok && isHolder(text) {
			m.mark(b.Value())
		}
	}
}

// isFile reports whether a name of an attribute is that of a file, which has text of any kind.
func isFile(name string) bool { return name == "passwd" || strings.ContainsAny(name, "/.") }

// attrName is ast.AttrName, which also knows "${"password"}": to Nix a name like others when it is evaluated.
func attrName(part ast.Node) (name string, ok bool) {
	if name, ok = ast.AttrName(part); !ok && part.Is(ast.String) {
		if in := part.FirstChild(); in.IsValid() && in.Span().Len()+2 == part.Span().Len() {
			return ast.ConstantText(in.FirstChild())
		}
	}
	return name, ok
}

// words marks what follows the name of an option in a list of the words of a command.
func (m *marker) words(list ast.Node) {
	takes := false
	for c := range list.Children() {
		if takes && !strings.HasPrefix(strings.TrimLeft(c.Unparen().Text(), "\"'"), "-") {
			m.mark(c)
		}
		text, ok := ast.ConstantText(c)
		option, dashes := strings.CutPrefix(text, "--")
		takes = ok && dashes && isHolder(option)
	}
}

// pair marks the second argument of nameValuePair.
func (m *marker) pair(n ast.Node) {
	call := ast.ApplyExpr{Node: n}
	if inner, ok := ast.AsApply(call.Func().Unparen()); !ok || ast.LastName(inner.Func()) != "nameValuePair" {
		return
	} else if name, ok := ast.ConstantText(inner.Arg()); ok && isHolder(name) {
		m.mark(call.Arg())
	}
}

// joined marks what is put behind a text that ends in the name of a secret and a sign: "password=" + "…".
func (m *marker) joined(n ast.Node) {
	if n.Op() != ast.OpAdd {
		return
	}
	left := n.FirstChild().Unparen()
	if left.Is(ast.Binary) {
		left = left.Child(1).Unparen()
	}
	if !left.Is(ast.String) && !left.Is(ast.IndString) {
		return
	}
	text := strings.TrimRight(left.Text(), `"'`)
	if giving(text) {
		m.mark(n.Child(1))
	}
}

// giving reports whether a text ends in the name of a secret and a sign that gives it something, or an option that takes one.
func giving(text string) bool {
	text = strings.TrimRight(text[max(0, len(text)-maxName):], " ")
	stem := strings.TrimRight(text, "=: ")
	if start := strings.LastIndexFunc(stem, func(r rune) bool { return r > 0x7f || !nameByte(byte(r)) }) + 1; stem != text || strings.HasPrefix(stem[start:], "--") {
		return isHolder(strings.TrimLeft(stem[start:], "-."))
	}
	return false
}

func (m *marker) mark(n ast.Node) { m.from(holder{Node: n}) }

// from marks the texts of a value.
func (m *marker) from(v holder) {
	m.todo = append(m.todo[:0], v)
	for len(m.todo) > 0 {
		v := m.todo[len(m.todo)-1]
		m.todo = m.todo[:len(m.todo)-1]
		if !v.IsValid() || m.seen[v] {
			continue
		}
		if m.seen == nil {
			m.seen = map[holder]bool{}
		}
		m.seen[v] = true
		m.step(v)
	}
}

func (m *marker) step(v holder) {
	n := v.Node
	next := func(nodes ...ast.Node) {
		for _, n := range nodes {
			m.todo = append(m.todo, holder{n, v.all, v.called})
		}
	}
	switch n.Form() {
	case ast.String, ast.IndString:
		if !v.all && m.text(n) {
			for c := range n.Children() {
				next(c.FirstChild())
			}
		}
	case ast.URI:
		m.out = append(m.out, n.Span())
	case ast.Paren:
		next(n.FirstChild())
	case ast.List:
		for c := range n.Children() {
			if text, ok := ast.ConstantText(c); !ok || v.all || v.called || !IsWord(text) {
				m.todo = append(m.todo, holder{c, false, v.called})
			}
		}
	case ast.If:
		next(n.Child(1), n.Child(2))
	case ast.Let, ast.With, ast.Assert: // a function makes secrets; what it is made of is none
		next(n.Child(1))
	case ast.Binary:
		switch n.Op() {
		case ast.OpAdd, ast.OpConcat, ast.OpUpdate:
			next(n.Child(0), n.Child(1))
		}
	case ast.Apply:
		m.call(n, v.all)
	case ast.AttrSet:
		for c := range n.Children() {
			if b, ok := ast.AsBinding(c); ok {
				m.inSet(b, v.all)
			}
		}
	case ast.Select:
		s := ast.SelectExpr{Node: n}
		next(s.Default())
		set := s.Operand().Unparen()
		if set.Is(ast.Ident) {
			set = m.boundTo(set).Unparen()
		}
		for part := range s.Attrpath().Children() {
			name, static := ast.AttrName(part)
			if set = m.bindings(set)[name]; !static || !set.IsValid() {
				return
			}
			set = set.Unparen()
		}
		next(set)
	case ast.Ident:
		next(m.boundTo(n))
	}
}

// inSet marks the attribute of a set that is a secret, or several.
func (m *marker) inSet(b ast.BindingNode, all bool) {
	names, static := b.Attrpath().Static()
	switch {
	case len(names) == 1 && slices.Contains(inHolder, names[0]):
		m.todo = append(m.todo, holder{Node: b.Value()})
	case all && (!static || len(names) > 0 && !slices.Contains(besideSecrets, names[len(names)-1])):
		m.todo = append(m.todo, holder{Node: b.Value()})
	}
}

// readers are functions whose argument says where a secret is, or what it is for.
var readers = []string{"readFile", "readFileType", "fileContents", "getEnv", "pathExists", "import", "importJSON", "importTOML", "fetchurl", "fetchTarball", "fetchGit", "findFile",
	"getAttr", "hasAttr", "attrByPath", "getAttrFromPath", "hasAttrByPath", "throw", "abort", "elem", "hasPrefix", "hasSuffix", "hasInfix",
	"writeScript", "writeScriptBin", "writeShellScript", "writeShellScriptBin", "writeShellApplication"}

// conditional are functions whose first argument is a condition, a number or a name.
var conditional = []string{"mkIf", "mkOverride", "mkOrder", "optionalString", "optional", "optionals", "optionalAttrs", "writeText", "writeTextDir", "toFile", "hashString"}

// call marks the arguments of a function of which one may be, or become, the secret.
func (m *marker) call(n ast.Node, all bool) {
	fn, args := ast.Call(n)
	switch name := ast.LastName(fn); {
	case slices.Contains(readers, name), strings.HasSuffix(name, "EnableOption"):
		return
	case slices.Contains(conditional, name) && len(args) > 1:
		args = args[1:]
	case name == "mkOption":
		m.todo = append(m.todo, holder{m.bindings(args[0].Unparen())["default"], all, false})
		return
	case fn.Is(ast.Lambda):
		m.todo = append(m.todo, holder{fn.Child(1), all, true})
	}
	for _, arg := range args {
		m.todo = append(m.todo, holder{arg, all, true})
	}
}

// leastNamed is the length in bytes from which a text is one of the secrets: others are separators.
const leastNamed = 3

// text marks the contents of a string; is reports whether it is, or may be, a secret.
func (m *marker) text(n ast.Node) (is bool) {
	src := m.tree.Source()
	var whole strings.Builder // with a letter for each interpolation
	for p := range ast.Parts(n) {
		if p.IsText() {
			whole.WriteString(p.Span.Of(src))
		} else {
			whole.WriteByte('x')
		}
	}
	if text := whole.String(); n.FirstChild().IsValid() && strings.Trim(text, "x \n") == "" {
		return true // what is interpolated may be one
	} else if isReference(text) || isProse(text) || n.FirstChild().IsValid() && strings.HasPrefix(text, "x/") {
		return false
	}
	var run source.Span
	flush := func() {
		if text := run.Of(src); len(strings.TrimSpace(text)) >= leastNamed {
			m.out = append(m.out, run)
		}
		run = source.Span{}
	}
	for p := range ast.Parts(n) {
		switch {
		case !p.IsText():
			flush()
		case run.Len() == 0:
			run = p.Span
		default:
			run.End = p.Span.End
		}
	}
	flush()
	return true
}

// isProse reports whether a text has several lines with blanks in them, as scripts and files have.
func isProse(text string) bool {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "\n") || strings.Contains(text, pemBegin) {
		return false
	}
	for line := range strings.Lines(text) {
		if strings.ContainsAny(strings.TrimSpace(line), " \t") {
			return true
		}
	}
	return false
}

// isReference reports whether the text of a string says where the secret is instead of being it: a variable, a template or the name of a file.
func isReference(text string) bool {
	if text = strings.TrimSpace(text); text == "" {
		return true
	}
	around := func(before, after string) bool {
		return len(text) > len(before)+len(after) && strings.HasPrefix(text, before) && strings.HasSuffix(text, after)
	}
	switch {
	case around("$", "") && strings.Trim(text[1:], alnum+"_") == "", around("${", "}"), around("$(", ")"), around("$__", "}"), around("{{", "}}"), around("{", "}"),
		around("@", "@"), around("<", ">"), around("%", "%"), around("!", "") && strings.Contains(text, " "):
		return true
	case strings.Trim(text, "*.xX") == "":
		return true
	}
	switch text[0] {
	case '$', '@', '<', '%', '{', '!', '*', '#':
		return false // IsPlaceholder takes what begins with such a sign for a template
	case '/':
		return strings.Count(text, "/") > 1 || strings.Trim(text, "abcdefghijklmnopqrstuvwxyz-_./") == ""
	}
	return IsPlaceholder(text)
}

// boundTo returns what a name is bound to by the let, the rec set or the default of a formal around it, an invalid node where that is not
// in the file.
func (m *marker) boundTo(n ast.Node) ast.Node {
	name := n.Text()
	for up := n.Parent(); up.IsValid() && m.left > 0; up = up.Parent() {
		m.left--
		set := up
		switch up.Kind() {
		case ast.Let:
			set = up.FirstChild()
		case ast.AttrSet:
			if !up.IsRec() {
				continue
			}
		case ast.Lambda:
			l := ast.LambdaExpr{Node: up}
			if p, ok := l.Pattern(); ok {
				if f, has := p.Formal(name); has {
					return f.Default()
				}
			} else if l.Param().Text() == name {
				return ast.Node{}
			}
			continue
		default:
			continue
		}
		if bound := m.bindings(set)[name]; bound.IsValid() {
			return bound
		}
	}
	return ast.Node{}
}

// bindings returns what a set literal, or the bindings of a let, give to single names. What they inherit is not among it.
func (m *marker) bindings(set ast.Node) map[string]ast.Node {
	if !set.Is(ast.AttrSet) && !set.Is(ast.Bindings) {
		return nil
	}
	of, known := m.sets[set.ID()]
	if !known {
		of = map[string]ast.Node{}
		for c := range set.Children() {
			if b, ok := ast.AsBinding(c); ok {
				if part, single := b.Attrpath().Single(); single {
					if name, static := ast.AttrName(part); static {
						of[name] = b.Value()
					}
				}
			}
		}
		if m.sets == nil {
			m.sets = map[ast.NodeID]map[string]ast.Node{}
		}
		m.sets[set.ID()] = of
	}
	return of
}

// apartOf returns places in order and apart from each other.
func apartOf(out []source.Span) []source.Span {
	slices.SortFunc(out, compareSpans)
	apart := out[:0]
	for _, at := range out {
		if n := len(apart); n > 0 && at.Start < apart[n-1].End {
			apart[n-1].End = max(apart[n-1].End, at.End)
		} else {
			apart = append(apart, at)
		}
	}
	return apart
}
