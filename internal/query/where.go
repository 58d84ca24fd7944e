package query

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"
	"github.com/bmatcuk/doublestar/v4"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/pattern"
)

// Where is a condition on matches. The structs below are its grammar, which docs/query.md writes down.
type Where struct {
	cond *anyOf
	// Values is set where the evaluator is asked.
	Values bool
}

type anyOf struct {
	All []*allOf `parser:"@@ ( 'or' @@ )*"`
}

type allOf struct {
	Parts []*condition `parser:"@@ ( 'and' @@ )*"`
}

type condition struct {
	Not   []string   `parser:"@'not'*"`
	Group *anyOf     `parser:"( '(' @@ ')'"`
	Near  *nearby    `parser:"| @@"`
	Path  *glob      `parser:"| 'path' '~' @@"`
	Text  *textTest  `parser:"| 'text' @@"`
	Value *valueTest `parser:"| 'value' @@"`
	Is    *isTest    `parser:"| @@"`
	Means *means     `parser:"| @@"`
	Equal *equalTest `parser:"| @@ )"`
}

type nearby struct {
	Pos     lexer.Position
	Where   string `parser:"@( 'inside' | 'has' )"`
	Pattern quoted `parser:"@@"`
	pattern *pattern.Pattern
}

type glob struct {
	Pos  lexer.Position
	Text quoted `parser:"@@"`
}

type textTest struct {
	Pos  lexer.Position
	Var  name   `parser:"'(' @@ ')'"`
	Op   string `parser:"@( '=~' | '==' | '!=' )"`
	With quoted `parser:"@@"`
	re   *regexp.Regexp
}

type valueTest struct {
	Var  name `parser:"'(' @@ ')'"`
	Pos  lexer.Position
	Op   string  `parser:"@( '==' | '!=' | '<=' | '>=' | '<' | '>' )"`
	With literal `parser:"@@"`
}

type isTest struct {
	Var  name `parser:"@@ 'is'"`
	Kind kind `parser:"@@"`
}

type means struct {
	Var     name   `parser:"@@ 'resolves' 'to'"`
	Name    target `parser:"@@"`
	pattern *pattern.Pattern
}

type target struct {
	Pos  lexer.Position
	Text string `parser:"@Word"`
}

type equalTest struct {
	Var  name    `parser:"@@"`
	Op   string  `parser:"@( '==' | '!=' )"`
	With literal `parser:"@@"`
}

type name struct {
	Pos  lexer.Position
	Text string `parser:"@Var"`
}

type kind struct {
	Pos  lexer.Position
	Text string `parser:"@Word"`
}

type quoted struct {
	Pos lexer.Position
	Raw string `parser:"@String"`
}

// text returns what stands between the quotes. In double quotes a backslash stands before a quote or a backslash.
func (q quoted) text() string {
	inner := q.Raw[1 : len(q.Raw)-1]
	if q.Raw[0] == '\'' {
		return inner
	}
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(inner)
}

type literal struct {
	String *quoted  `parser:"@@"`
	Float  *float64 `parser:"| @Float"`
	Int    *int64   `parser:"| @Int"`
	Word   string   `parser:"| @( 'true' | 'false' | 'null' )"`
}

var kinds = map[string]eval.Kinds{
	"list": eval.List, "string": eval.String, "set": eval.Set, "int": eval.Int, "path": eval.Path, "function": eval.Function, "bool": eval.Bool, "null": eval.Null, "float": eval.Float,
}

var words = []string{"and", "or", "not", "inside", "has", "path", "text", "value", "is", "resolves", "to", "true", "false", "null"}

var whereLanguage = language[anyOf]{
	parser: sync.OnceValue(func() *participle.Parser[anyOf] { return grammarOf[anyOf]() }),
	words:  words, calls: []string{"text", "value"}, expected: expected,
}

// ReadWhere reads a condition on the matches of a pattern. The error is a *pattern.Error.
func ReadWhere(text string, of *pattern.Pattern) (*Where, error) {
	cond, err := whereLanguage.read(text)
	if err != nil {
		return nil, err
	}
	w := &Where{cond: cond}
	c := checker{of: of, w: w}
	c.anyOf(cond)
	if c.err != nil {
		return nil, c.err
	}
	return w, nil
}

// expected tells what can follow a beginning of a condition.
func expected(before string) string {
	before = strings.TrimSpace(before)
	last := before[strings.LastIndexAny(before, " \t\n(")+1:]
	switch {
	case last == "inside" || last == "has":
		return "a pattern in quotes, such as 'lib.mkIf $c $v'"
	case last == "path":
		return "~ and a pattern of paths, such as ~ \"hosts/**\""
	case last == "~" || last == "=~":
		return "a text in quotes"
	case last == "resolves":
		return "to"
	case last == "to":
		return "a name, such as lib.mkForce"
	case last == "is":
		return "a kind: " + strings.Join(kindNames(), ", ")
	case last == "==" || last == "!=":
		return "a text in quotes, a number, true, false or null"
	case last == "text" || last == "value":
		return "a metavariable in parentheses, such as ($x)"
	case strings.HasPrefix(last, "$"):
		return "is, == or !=, or resolves to"
	case before == "" || last == "" || last == "and" || last == "or" || last == "not":
		return "a condition: $x is …, $x == …, text($x) =~ …, value($x) == …, inside …, has …, path ~ …"
	}
	return "and, or, or the end"
}

func kindNames() (names []string) {
	for k := range kinds {
		names = append(names, k)
	}
	slices.Sort(names)
	return names
}

// checker looks at what the grammar leaves open.
type checker struct {
	of  *pattern.Pattern
	w   *Where
	err error
}

func (c *checker) fail(at lexer.Position, format string, args ...any) {
	if c.err == nil {
		c.err = &pattern.Error{Offset: at.Offset, Message: fmt.Sprintf(format, args...)}
	}
}

func (c *checker) anyOf(a *anyOf) {
	for _, all := range a.All {
		for _, x := range all.Parts {
			c.condition(x)
		}
	}
}

func (c *checker) condition(x *condition) {
	switch {
	case x.Group != nil:
		c.anyOf(x.Group)
	case x.Near != nil:
		p, err := pattern.Compile(x.Near.Pattern.text())
		var e *pattern.Error
		if errors.As(err, &e) {
			c.fail(x.Near.Pattern.Pos, "in this pattern, at byte %d: %s", e.Offset+1, e.Message)
		}
		x.Near.pattern = p
	case x.Path != nil:
		if text := x.Path.Text.text(); config.GlobProblem(text) != "" && doublestar.ValidatePattern(text) {
			c.fail(x.Path.Text.Pos, "%s", config.GlobProblem(text))
		} else if !doublestar.ValidatePattern(text) {
			c.fail(x.Path.Text.Pos, "this is no pattern of paths: * and ** stand for names, ? for a sign, {a,b} for one of several")
		}
	case x.Text != nil:
		c.name(x.Text.Var)
		if x.Text.Op == "=~" {
			re, problem := readRegexp(x.Text.With.text())
			if problem != "" {
				c.fail(x.Text.With.Pos, "%s", problem)
			}
			x.Text.re = re
		}
	case x.Value != nil:
		c.name(x.Value.Var)
		c.w.Values = true
		if x.Value.Op[0] != '=' && x.Value.Op != "!=" && x.Value.With.Int == nil && x.Value.With.Float == nil {
			c.fail(x.Value.Pos, "`%s` compares numbers: a number stands behind it", x.Value.Op)
		}
	case x.Means != nil:
		c.name(x.Means.Var)
		p, err := pattern.Compile(x.Means.Name.Text)
		if err != nil {
			c.fail(x.Means.Name.Pos, "`%s` is no name", x.Means.Name.Text)
		}
		x.Means.pattern = p
	case x.Is != nil:
		c.name(x.Is.Var)
		c.w.Values = true
		if kinds[x.Is.Kind.Text] == 0 {
			message := fmt.Sprintf("unknown kind `%s`: use %s", x.Is.Kind.Text, strings.Join(kindNames(), ", "))
			if guess := near.Find(x.Is.Kind.Text, kindNames()); guess != "" {
				message = fmt.Sprintf("unknown kind `%s`; did you mean `%s`?", x.Is.Kind.Text, guess)
			}
			c.fail(x.Is.Kind.Pos, "%s", message)
		}
	case x.Equal != nil:
		c.name(x.Equal.Var)
	}
}

func (c *checker) name(n name) {
	if slices.Contains(c.of.Vars(), n.Text[1:]) {
		return
	}
	message := fmt.Sprintf("the pattern has no metavariable %s", n.Text)
	if guess := near.Find(n.Text[1:], c.of.Vars()); guess != "" {
		message += fmt.Sprintf("; did you mean $%s?", guess)
	}
	c.fail(n.Pos, "%s", message)
}
