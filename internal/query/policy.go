package query

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/pattern"
)

// Policy is a condition that the lock file of a flake is to meet. The structs below are its grammar.
type Policy struct{ cond *lockAny }

type lockAny struct {
	All []*lockAll `parser:"@@ ( 'or' @@ )*"`
}

type lockAll struct {
	Parts []*lockCond `parser:"@@ ( 'and' @@ )*"`
}

type lockCond struct {
	Not   []string   `parser:"@'not'*"`
	Group *lockAny   `parser:"( '(' @@ ')'"`
	Each  *lockEach  `parser:"| @@"`
	Count *lockCount `parser:"| @@"`
	Fact  *lockFact  `parser:"| @@ )"`
}

// lockEach reaches to the end of the condition, or of the parentheses that it stands in.
type lockEach struct {
	Which string   `parser:"@( 'every' | 'some' ) 'input' ':'"`
	Body  *lockAny `parser:"@@"`
}

type lockCount struct {
	Of   *lockAny `parser:"'count' '(' 'nodes' ( ',' @@ )? ')'"`
	Op   string   `parser:"@( '==' | '!=' | '<=' | '>=' | '<' | '>' )"`
	With int64    `parser:"@Int"`
}

// lockFact is about an input, or about the one that stands for each where it names none.
type lockFact struct {
	Pos     lexer.Position
	Input   *quoted      `parser:"( 'input' '(' @@ ')' '.' )?"`
	Follows *quoted      `parser:"( 'follows' '(' @@ ')'"`
	Field   *lockField   `parser:"| @@ )"`
	Test    *lockCompare `parser:"@@?"`
}

type lockField struct {
	Pos  lexer.Position
	Name string `parser:"@Word"`
}

type lockCompare struct {
	Pos      lexer.Position
	Op       string  `parser:"@( '==' | '!=' | '=~' | '<=' | '>=' | '<' | '>' )"`
	String   *quoted `parser:"( @@"`
	Duration string  `parser:"| @Duration"`
	Int      *int64  `parser:"| @Int"`
	Word     string  `parser:"| @( 'true' | 'false' ) )"`
	re       *regexp.Regexp
	age      time.Duration
}

var policyLanguage = language[lockAny]{
	parser: sync.OnceValue(func() *participle.Parser[lockAny] {
		return grammarOf[lockAny](lexer.SimpleRule{Name: "Duration", Pattern: `[0-9]+[hdw]\b`}, lexer.SimpleRule{Name: "Mark", Pattern: `[.,:]`})
	}),
	words: policyWords, calls: []string{"count", "follows", "input"}, expected: expectedOfPolicy,
}

// The fields of an input: texts, and what is true or false. The age is neither.
var (
	lockTexts = []string{"owner", "repo", "ref", "rev", "host", "type", "url"}
	lockFlags = []string{"locked", "is_flake", "is_non_flake"}
)

const ageField = "age"

var (
	lockFields  = append(append(slices.Clone(lockTexts), ageField), lockFlags...)
	policyWords = append([]string{"and", "or", "not", "every", "some", "input", "count", "nodes", "follows", "true", "false"}, lockFields...)
)

// ReadPolicy reads a condition on a lock file. The error is a *pattern.Error.
func ReadPolicy(text string) (*Policy, error) {
	if n := strings.Count(text, ":"); n > maxNested && len(text) <= maxCondition {
		return nil, &pattern.Error{Message: fmt.Sprintf("`every` and `some` may be %d deep", maxNested)}
	}
	cond, err := policyLanguage.read(text)
	if err != nil {
		return nil, err
	}
	var c policyChecker
	c.anyOf(cond, false)
	if c.err != nil {
		return nil, c.err
	}
	return &Policy{cond}, nil
}

// expectedOfPolicy tells what can follow a beginning of a condition.
func expectedOfPolicy(before string) string {
	before = strings.TrimSpace(before)
	last := before[strings.LastIndexAny(before, " \t\n(.,")+1:]
	switch {
	case strings.HasSuffix(before, "count("):
		return "nodes"
	case strings.HasSuffix(before, "input(") || strings.HasSuffix(before, "follows("):
		return "the name of an input in quotes"
	case last == "every" || last == "some":
		return "input: and a condition"
	case strings.HasSuffix(before, "."):
		return "a field: " + strings.Join(lockFields, ", ") + ", follows(\"…\")"
	case slices.Contains([]string{"==", "!=", "<", ">", "<=", ">=", "=~"}, last):
		return "a text in quotes, a number, a duration such as 30d, true or false"
	case before == "" || last == "" || slices.Contains([]string{"and", "or", "not"}, last) || strings.HasSuffix(last, ":"):
		return "a condition: input(\"…\").owner == …, every input: …, some input: …, count(nodes, …) <= …"
	}
	return "a comparison, and, or, or the end"
}

// policyChecker looks at what the grammar leaves open.
type policyChecker struct{ err error }

func (c *policyChecker) fail(at lexer.Position, format string, args ...any) {
	if c.err == nil {
		c.err = &pattern.Error{Offset: at.Offset, Message: fmt.Sprintf(format, args...)}
	}
}

// anyOf checks a condition. each tells whether an input stands for each there.
func (c *policyChecker) anyOf(a *lockAny, each bool) {
	for _, all := range a.All {
		for _, x := range all.Parts {
			switch {
			case x.Group != nil:
				c.anyOf(x.Group, each)
			case x.Each != nil:
				c.anyOf(x.Each.Body, true)
			case x.Count != nil:
				if x.Count.Of != nil {
					c.anyOf(x.Count.Of, true)
				}
			default:
				c.fact(x.Fact, each)
			}
		}
	}
}

func (c *policyChecker) fact(x *lockFact, each bool) {
	name := "follows"
	if x.Field != nil {
		name = x.Field.Name
		if !slices.Contains(lockFields, name) {
			message := fmt.Sprintf("unknown field `%s`: use %s", name, strings.Join(lockFields, ", "))
			if guess := near.Find(name, policyWords); guess != "" {
				message = fmt.Sprintf("unknown field `%s`; did you mean `%s`?", name, guess)
			}
			c.fail(x.Field.Pos, "%s", message)
			return
		}
	}
	if x.Input == nil && !each {
		c.fail(x.Pos, "`%s` of which input? Write input(\"nixpkgs\").%s, or every input: before it", name, name)
		return
	}
	isFlag := x.Field == nil || slices.Contains(lockFlags, name)
	t := x.Test
	switch {
	case t == nil:
		if !isFlag {
			c.fail(x.Field.Pos, "`%s` is compared with something: `%s == …`", name, name)
		}
	case isFlag:
		if t.Word == "" || t.Op != "==" && t.Op != "!=" {
			c.fail(t.Pos, "`%s` is true or false: write it alone, or compare it by == or != with one of them", name)
		}
	case name == ageField:
		c.age(t)
	case t.String == nil:
		c.fail(t.Pos, "`%s` is a text: compare it with one in quotes", name)
	case t.Op == "=~":
		re, problem := readRegexp(t.String.text())
		if problem != "" {
			c.fail(t.String.Pos, "%s", problem)
		}
		t.re = re
	case t.Op != "==" && t.Op != "!=":
		c.fail(t.Pos, "`%s` compares numbers and durations; texts are compared by ==, != and =~", t.Op)
	}
}

// maxAge is the longest duration, in hours, that a condition may have: 100 years.
const maxAge = 100 * 366 * 24

func (c *policyChecker) age(t *lockCompare) {
	if t.Duration == "" || t.Op == "=~" {
		c.fail(t.Pos, "`age` is a duration: compare it by <, <=, > or >= with one such as 12h, 30d or 8w")
		return
	}
	n, err := strconv.ParseInt(t.Duration[:len(t.Duration)-1], 10, 64)
	hours := map[byte]int64{'h': 1, 'd': 24, 'w': 7 * 24}[t.Duration[len(t.Duration)-1]]
	if err != nil || n > maxAge/hours {
		c.fail(t.Pos, "`%s` is too long: at most 100 years", t.Duration)
		return
	}
	t.age = time.Duration(n*hours) * time.Hour
}
