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
	// Project is set where the evaluator is asked, or what the project around the file says of it.
	Project bool
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
	File  *fileTest  `parser:"| 'file' @@"`
	Model *modelTest `parser:"| @@"`
	Needs *needsTest `parser:"| @@"`
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
	Op   string  `parser:"@( '==' | '!=' | '=~' | '<=' | '>=' | '<' | '>' )"`
	With literal `parser:"@@"`
	re   *regexp.Regexp
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

var words = []string{
	"and", "or", "not", "inside", "has", "path", "text", "value", "is", "resolves", "to", "true", "false", "null",
	"file", "reached", "by", "host", "option", "priority", "conditional", "depends", "on",
}

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
	case last == "file":
		return "is and one of " + strings.Join(fileKinds, ", ") + ", or reached by host"
	case last == "is" && strings.HasSuffix(strings.TrimSpace(strings.TrimSuffix(before, last)), "file"):
		return "one of " + strings.Join(fileKinds, ", ")
	case last == "reached" || last == "by":
		return "reached by host"
	case last == "option":
		return "~, == or != and an option in quotes, such as \"services.*.enable\""
	case last == "priority":
		return "a comparison with a number, such as < 100"
	case last == "depends" || last == "on":
		return "depends on and a name, such as config or config.services.nginx"
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
		return "is, == or !=, resolves to, or depends on"
	case before == "" || last == "" || last == "and" || last == "or" || last == "not":
		return "a condition: $x is …, $x == …, text($x) =~ …, value($x) == …, $x depends on …, inside …, has …, path ~ …, file is …, option ~ …, priority < …"
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
		c.w.Project = true
		if x.Value.Op == "=~" {
			c.valueLike(x.Value)
		} else if x.Value.Op[0] != '=' && x.Value.Op != "!=" && x.Value.With.Int == nil && x.Value.With.Float == nil {
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
		c.w.Project = true
		if kinds[x.Is.Kind.Text] == 0 {
			message := fmt.Sprintf("unknown kind `%s`: use %s", x.Is.Kind.Text, strings.Join(kindNames(), ", "))
			if guess := near.Find(x.Is.Kind.Text, kindNames()); guess != "" {
				message = fmt.Sprintf("unknown kind `%s`; did you mean `%s`?", x.Is.Kind.Text, guess)
			}
			c.fail(x.Is.Kind.Pos, "%s", message)
		}
	case x.Equal != nil:
		c.name(x.Equal.Var)
	case x.File != nil:
		c.file(x.File)
	case x.Model != nil:
		c.model(x.Model)
	case x.Needs != nil:
		c.name(x.Needs.Var)
		x.Needs.path = strings.Split(x.Needs.Name.Text, ".")
	}
}

// valueLike checks a value that a regular expression is to match.
func (c *checker) valueLike(x *valueTest) {
	if x.With.String == nil {
		c.fail(x.Pos, "`=~` is for texts: a regular expression in quotes stands behind it")
		return
	}
	re, problem := readRegexp(x.With.String.text())
	if problem != "" {
		c.fail(x.With.String.Pos, "%s", problem)
	}
	x.re = re
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
