package eval

import (
	"fmt"
	"path"
	"strings"
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
		if s := c.arg(2, String); s == nil || !okFrom || !okTo {
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
	register("pathExists", reading(ReadExistence, (*invocation).existence))
	register("readDir", reading(ReadFolder, (*invocation).listing))
	// What takes strings, or values of which nothing more is asked, and gives what is not worked out.
	for spec, result := range map[string]Kinds{
		"hashString ss": String | Hard, "getEnv s": String, "match ss": Null | List | Hard,
		"split ss": List | Hard, "toXML v": String | Failures,
		"hasContext s": Bool, "getContext s": Set, "placeholder s": String,
		"readFileType p": String | Failures,
		"hashFile sp":    String | Failures, "filterSource fp": String | Failures, "scopedImport ap": Anything, "toPath p": String | Failures,
	} {
		name, how, _ := strings.Cut(spec, " ")
		kinds := map[byte]Kinds{'s': String, 'a': Set, 'v': Anything &^ Failures}
		register(name, func(c *invocation) *Value {
			out := bare(result)
			for i := range how {
				switch how[i] {
				case 'f': // only where there is something to filter
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
			return out
		})
	}
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
