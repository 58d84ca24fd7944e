package eval

import "strings"

// registerLibStrings adds what lib.strings makes of texts.
func registerLibStrings() {
	toString, toBool := giving("strings", String), giving("strings", Bool)
	empty := given(emptyString)

	toString("join", 2, func(c *invocation) *Value { return c.as("concatStringsSep", c.args...) })
	toString("concatStrings", 1, func(c *invocation) *Value { return c.as("concatStringsSep", empty, c.args[0]) })
	toString("concatMapStrings", 2, func(c *invocation) *Value {
		return c.glued(empty, func() *Value { return c.as("map", c.args...) })
	})
	toString("concatMapStringsSep", 3, func(c *invocation) *Value {
		return c.glued(c.args[0], func() *Value { return c.as("map", c.args[1:]...) })
	})
	toString("concatImapStrings", 2, func(c *invocation) *Value {
		return c.glued(empty, func() *Value { return c.indexed(c.args[0], c.args[1], 1) })
	})
	toString("concatImapStringsSep", 3, func(c *invocation) *Value {
		return c.glued(c.args[0], func() *Value { return c.indexed(c.args[1], c.args[2], 1) })
	})
	toString("concatMapAttrsStringSep", 3, func(c *invocation) *Value {
		return c.glued(c.args[0], func() *Value { return c.then("attrValues", c.as("mapAttrs", c.args[1:]...)) })
	})
	toString("concatLines", 1, func(c *invocation) *Value {
		if c.as("concatStringsSep", empty, c.args[0]) == nil {
			return nil
		}
		return bare(String)
	})
	for name, has := range map[string]func(s, part string) bool{"hasPrefix": strings.HasPrefix, "hasSuffix": strings.HasSuffix} {
		toBool(name, 2, func(c *invocation) *Value {
			part, whole := c.text(0, coercion{copies: true}), c.text(1, coercion{copies: true})
			switch {
			case part == nil || whole == nil:
				return nil
			case !part.isKnown() || !whole.isKnown() || c.force(c.args[0]).kinds != String:
				return c.warned(someBool)
			}
			return boolValue(has(whole.text, part.text))
		})
	}
	toBool("hasInfix", 2, func(c *invocation) *Value {
		part, whole := c.textAs(0, String), c.text(1, coercion{copies: true})
		switch {
		case part == nil || whole == nil:
			return nil
		case !plainText(part) || !plainText(whole) || c.force(c.args[0]).kinds != String:
			return c.warned(someBool)
		}
		return boolValue(strings.Contains(whole.text, part.text))
	})
	for name, trim := range map[string]func(s, part string) string{"removePrefix": strings.TrimPrefix, "removeSuffix": strings.TrimSuffix} {
		toString(name, 2, func(c *invocation) *Value { // or what can be made one
			part, whole := c.text(0, coercion{copies: true}), c.text(1, coercion{copies: true})
			v := c.force(c.args[1])
			switch {
			case part == nil || whole == nil:
				return nil
			case v.kinds&^(String|Failures) != 0:
				return c.warned(join(bare(String), v)) // itself, where there is nothing to remove
			case !part.isKnown() || !whole.isKnown() || c.force(c.args[0]).kinds != String:
				return c.warned(bare(String))
			}
			return stringValue(trim(whole.text, part.text))
		})
	}
	registerInLib("strings", "splitString", 2, List, func(c *invocation) *Value {
		sep, s := c.text(0, coercion{more: true}), c.text(1, coercion{more: true})
		switch {
		case sep == nil || s == nil:
			return nil
		case !plainLines(sep) || !plainLines(s) || sep.text == "" || c.force(c.args[1]).kinds != String:
			return bare(List)
		}
		return c.texts(strings.Split(s.text, sep.text))
	})
	registerInLib("strings", "stringToCharacters", 1, List, func(c *invocation) *Value {
		s := c.text(0, coercion{copies: true})
		switch {
		case s == nil:
			return nil
		case !s.isKnown() || !c.pay(len(s.text)):
			return bare(List)
		}
		parts := make([]string, len(s.text))
		for i := range parts {
			parts[i] = s.text[i : i+1]
		}
		return c.texts(parts)
	})
	for name, change := range map[string]func(string) string{"toLower": strings.ToLower, "toUpper": strings.ToUpper} {
		toString(name, 1, func(c *invocation) *Value {
			s := c.arg(0, String)
			switch {
			case s == nil:
				return nil
			case !plainText(s):
				return bare(String)
			}
			return stringValue(change(s.text))
		})
	}
	toBool("isStringLike", 1, asks(String|Path, toStringName, outPathName))
	for _, name := range []string{"getName", "getVersion"} {
		toString(name, 1, func(c *invocation) *Value { // or what a package has in its place
			v := c.arg(0, String|Set)
			switch {
			case v == nil:
				return nil
			case v.kinds == String:
				return bare(String)
			}
			return topValue // what a set has under that name
		})
	}
	toString("fileContents", 1, func(c *invocation) *Value {
		text := c.as("readFile", c.args[0])
		if text == nil {
			return nil
		}
		c.fails = join(c.fails, text.only(Failures))
		return each(text.only(String), func(x *Value) *Value {
			if !x.isKnown() {
				return x
			}
			return stringValue(strings.TrimSuffix(x.text, "\n"))
		})
	})
}

// glued joins texts with another between them.
func (c *invocation) glued(sep *thunk, list func() *Value) *Value {
	between, texts := c.need(c.force(sep), 0, String), list()
	if between == nil || texts == nil {
		return nil
	}
	return c.as("concatStringsSep", sep, given(texts))
}

// warned is a value, where a path in the place of the first text is warned about, and may fail.
func (c *invocation) warned(v *Value) *Value {
	if c.force(c.args[0]).kinds&^(String|Failures) != 0 {
		c.mayFail()
	}
	return v
}

// texts returns a list of texts.
func (c *invocation) texts(parts []string) *Value {
	if !c.pay(len(parts)) {
		return topValue
	}
	out := make([]*thunk, len(parts))
	for i, p := range parts {
		out[i] = given(stringValue(p))
	}
	return listValue(out)
}

// plainLines reports whether a text is known and has nothing but printable ASCII and ends of lines.
func plainLines(v *Value) bool {
	return v.isKnown() && strings.IndexFunc(v.text, func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') }) < 0
}

// plainText reports whether a text is known and has nothing but printable ASCII: expressions for other things depend on how
// Nix was built.
func plainText(v *Value) bool {
	return v.isKnown() && strings.IndexFunc(v.text, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}
