package eval

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
)

// registerStrings adds the functions of strings and paths.
func registerStrings() {
	register("toString", func(c *invocation) *Value { return c.text(0, coercion{more: true}) })
	register("stringLength", func(c *invocation) *Value {
		s := c.text(0, coercion{copies: true})
		switch {
		case s == nil:
			return nil
		case !s.isKnown():
			return bare(Int)
		}
		return intValue(int64(len(s.text)))
	})
	register("substring", func(c *invocation) *Value {
		from, n := c.arg(0, Int), c.arg(1, Int)
		s := c.text(2, coercion{copies: true})
		if from != nil && (!from.isKnown() || from.num < 0) {
			c.fail() // when Nix finds that out depends on its version
		}
		switch {
		case from == nil || n == nil || s == nil:
			return nil
		case !from.isKnown():
			return bare(String)
		case from.num < 0 && n.isKnown() && n.num == 0:
			return emptyString
		case from.num < 0 && n.isKnown():
			return c.refuse(fmt.Sprintf("the start %d", from.num))
		case from.num < 0:
			return bare(String)
		case !n.isKnown() || !s.isKnown():
			return bare(String)
		}
		text := s.text[min(from.num, int64(len(s.text))):]
		if n.num >= 0 {
			text = text[:min(n.num, int64(len(text)))]
		}
		return stringValue(text)
	})
	register("concatStringsSep", func(c *invocation) *Value {
		sep := c.arg(0, String)
		elems, known, ok := c.list(1)
		if sep == nil || !ok {
			return nil
		}
		if !known {
			c.mayFail()
			return bare(String)
		}
		known = sep.isKnown()
		var parts []string
		for _, e := range elems {
			s := c.textOf(c.force(e), 1, coercion{copies: true})
			if s == nil {
				return nil
			}
			known = known && s.isKnown()
			parts = append(parts, s.text)
		}
		if text, ok := lines(sep.text, parts); known && ok {
			return stringValue(text)
		}
		return bare(String)
	})
	register("replaceStrings", func(c *invocation) *Value {
		from, knownFrom, okFrom := c.list(0)
		to, knownTo, okTo := c.list(1)
		if okFrom && okTo && knownFrom && knownTo && len(from) != len(to) {
			return c.refuse(fmt.Sprintf("%d texts to replace and %d to put in their place", len(from), len(to)))
		}
		if !okFrom || !okTo {
			return nil
		}
		if knownFrom && knownTo && len(from) == len(to) {
			return c.replaced(from, to)
		}
		if c.arg(2, String) == nil {
			return nil
		}
		c.mayFail()
		return bare(String)
	})
	register("baseNameOf", func(c *invocation) *Value {
		s := c.text(0, coercion{})
		switch {
		case s == nil:
			return nil
		case !s.isKnown():
			return bare(String)
		}
		text := s.text
		if len(text) > 1 {
			text = strings.TrimSuffix(text, "/")
		}
		return stringValue(text[strings.LastIndexByte(text, '/')+1:])
	})
	register("dirOf", func(c *invocation) *Value {
		v := c.force(c.args[0])
		if v.isKnown() && v.kinds == Path {
			return pathValue(path.Dir(v.text))
		}
		out := v.only(Path)
		if out != nil {
			out = bare(Path)
		}
		if rest := v.only(Anything &^ Path); rest != nil && c.textOf(rest, 0, coercion{}) != nil {
			out = join(out, bare(String))
		}
		return out
	})
	for _, name := range []string{"unsafeDiscardStringContext", "unsafeDiscardOutputDependency", "addDrvOutputDependencies"} {
		register(name, func(c *invocation) *Value {
			s := c.text(0, coercion{copies: true})
			if s != nil && c.b.name != "unsafeDiscardStringContext" {
				c.fail()
				return bare(String)
			}
			return s
		})
	}
	register("toFile", func(c *invocation) *Value {
		name, text := c.arg(0, String), c.arg(1, String)
		switch {
		case name == nil || text == nil:
			return nil
		case name.isKnown() && name.copied == 0:
			if wrong := wrongName(name.text); wrong != "" {
				return c.refuse(wrong)
			}
		}
		c.fail() // by the context of the text, or where it is written
		return bare(String)
	})
	register("scopedImport", importScoped)
	register("pathExists", reading(ReadExistence, (*invocation).existence))
	register("readDir", reading(ReadFolder, (*invocation).listing))
	// What takes strings, or values of which nothing more is asked, and gives what is not worked out.
	for spec, result := range map[string]Kinds{
		"hashString hs": String | Hard, "getEnv s": String, "match rs": Null | List | Hard,
		"split rs": List | Hard, "toXML v": String | Failures,
		"hasContext s": Bool, "getContext s": Set, "placeholder s": String,
		"readFileType p": String | Failures,
		"hashFile hp":    String | Failures, "filterSource fp": String | Failures, "toPath p": String | Failures,
		"storePath p": String | Failures,
	} {
		name, how, _ := strings.Cut(spec, " ")
		kinds := map[byte]Kinds{'s': String, 'v': Anything &^ Failures}
		register(name, func(c *invocation) *Value {
			out := bare(result)
			for i := range how {
				switch how[i] {
				case 'f': // the path comes first
				case 'h':
					if !c.algorithm(i) {
						return nil
					}
				case 'r':
					if !c.regex(i) {
						return nil
					}
				case 'p':
					if c.path(i) == nil {
						out = nil
					}
				default:
					if c.arg(i, kinds[how[i]]) == nil {
						out = nil
					}
				}
			}
			if out != nil && how[0] == 'f' && c.callable() == nil {
				return nil
			}
			return out
		})
	}
}

// algorithms are the hash algorithms that Nix knows, some of them only where a feature is on.
var algorithms = map[string]bool{"md5": true, "sha1": true, "sha256": true, "sha512": true, "blake3": true}

// algorithm evaluates an argument that names a hash algorithm, before all others; false where there is none of that name.
func (c *invocation) algorithm(i int) bool {
	s := c.arg(i, String)
	if s != nil && s.isKnown() && !algorithms[s.text] {
		s = c.refuse("the unknown algorithm " + diag.Code(s.text))
	}
	return s != nil
}

// maxReplacing bounds the work of replacing texts: the length of a text times the number of those that are looked for in it.
// Each step counts several of its characters.
const maxReplacing, charsPerStep = 20_000, 8

// replaced evaluates a call of replaceStrings with lists of one length. What is put in a place is evaluated where it is needed.
func (c *invocation) replaced(from, to []*thunk) *Value {
	texts := make([]string, len(from))
	known := true
	for i, t := range from {
		v := c.need(c.force(t), 0, String)
		if v == nil {
			return nil
		}
		known = known && v.isKnown()
		texts[i] = v.text
	}
	s := c.arg(2, String)
	switch {
	case s == nil:
		return nil
	case !known || !s.isKnown() || len(s.text)*len(from) > maxReplacing || !c.pay(len(s.text)*len(from)/charsPerStep):
		c.mayFail()
		return bare(String)
	}
	var b strings.Builder
	for at := 0; at <= len(s.text); {
		rest := s.text[at:]
		i := slices.IndexFunc(texts, func(text string) bool { return strings.HasPrefix(rest, text) })
		if i >= 0 {
			v := c.need(c.force(to[i]), 1, String)
			if v == nil {
				return nil
			}
			known = known && v.isKnown()
			at += len(texts[i])
			if b.Len() <= maxText {
				b.WriteString(v.text)
			}
		}
		if i < 0 || texts[i] == "" {
			at++
			b.WriteString(rest[:min(1, len(rest))])
		}
	}
	if !known || b.Len() > maxText {
		return bare(String)
	}
	return stringValue(b.String())
}

// reading evaluates a call of a builtin that reads what has a path.
func reading(how ReadKind, gives func(c *invocation, v *Value) *Value) func(c *invocation) *Value {
	return func(c *invocation) *Value {
		v := c.path(0)
		if v == nil {
			return nil
		}
		c.reads(how, v)
		return gives(c, v)
	}
}

// path evaluates an argument that must be a path, or a text that is an absolute one; nil where it surely is neither.
func (c *invocation) path(i int) *Value {
	v := c.force(c.args[i])
	out := v.only(Path)
	rest := v.only(Anything &^ Path)
	if rest == nil {
		return out
	}
	text := c.textOf(rest, i, coercion{})
	if text == nil {
		return out
	}
	if text.isKnown() && !strings.HasPrefix(text.text, "/") {
		f := &Failure{Reason: RelativePath, at: c.at, Name: c.b.name, Text: text.text, Index: i}
		c.fails = join(c.fails, failed(f))
		return out
	}
	return join(out, text)
}

// What an import costs, in steps: a fixed part, and one for some of the expressions of the file. maxFiles is the number of
// files that an evaluation imports: each stays until its end.
const importCost, exprsPerStep, maxFiles = 50, 8, 200

// maxFiles is the number of files that the evaluation imports.
func (ev *Evaluation) maxFiles() int {
	if ev.Disk != nil {
		return ev.Disk.MaxFiles
	}
	return maxFiles
}

// maxScope is the number of names up to which a scope of scopedImport is looked at.
const maxScope = 200

// importScoped evaluates the file that a path names with names of a set in scope, where both are known. Unlike import, it does so
// anew each time.
func importScoped(c *invocation) *Value {
	scope, v := c.arg(0, Set), c.path(1)
	if scope == nil || v == nil {
		return nil
	}
	c.reads(ReadCode, v)
	if c.Scoped == nil || !v.isKnown() || v.kinds != Path && !c.Texts || !scope.isKnown() || !scope.set.plain() || scope.set.size > maxScope {
		return topValue
	}
	names := scope.set.sorted()
	key := v.text + "\x00" + strings.Join(names, "\x00")
	code, known := c.scoped[key]
	if !known {
		if len(c.scoped) == c.maxFiles() {
			c.Scoped = nil
			return c.cut()
		}
		if c.scoped == nil {
			c.scoped = map[string]*Code{}
		}
		code = c.Scoped(v.text, names)
		c.scoped[key] = code
	}
	if code == nil {
		return topValue
	}
	if !c.pay(importCost + len(code.exprs)/exprsPerStep) {
		return c.cut()
	}
	return c.applied(functionValue(&function{code: code, index: code.exprs[code.root].a, env: &env{}}), given(scope))
}

// importFile evaluates the file that a path names, where it can be read.
func importFile(c *invocation) *Value {
	v := c.path(0)
	if v == nil {
		return nil
	}
	c.reads(ReadCode, v)
	file, ok := v.FilePath()
	if c.Import == nil || !ok || v.kinds != Path && !c.Texts {
		return topValue
	}
	t := c.files[file]
	if t == nil {
		if len(c.files) == c.maxFiles() {
			c.Import = nil
			return c.cut()
		}
		code := c.Import(file)
		if code == nil {
			return topValue
		}
		t = &thunk{fn: func(ev *Evaluation) *Value {
			if !ev.pay(importCost + len(code.exprs)/exprsPerStep) {
				return topValue
			}
			return ev.eval(code, code.root, &env{})
		}}
		if c.files == nil {
			c.files = map[string]*thunk{}
		}
		c.files[file] = t
	}
	if t.state == running {
		return c.cut() // files that import each other
	}
	return c.force(t)
}
