package query

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/pattern"
)

// language is one of conditions: G is its grammar.
type language[G any] struct {
	parser   func() *participle.Parser[G] // built when it is first asked for: most runs read no condition
	words    []string                     // of the language
	calls    []string                     // those with parentheses behind them
	expected func(before string) string   // what can follow a beginning
}

// tokens are those that conditions on matches and on locks have in common.
var tokens = []lexer.SimpleRule{
	{Name: "String", Pattern: `"(?:\\.|[^"\\])*"|'[^']*'`},
	{Name: "Float", Pattern: `-?[0-9]+\.[0-9]+`},
	{Name: "Int", Pattern: `-?[0-9]+`},
	{Name: "Var", Pattern: `\$[A-Za-z_][A-Za-z0-9_]*`},
	{Name: "Sign", Pattern: `==|!=|=~|<=|>=|[<>~()]`},
	{Name: "Word", Pattern: `[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)*`},
	{Name: "space", Pattern: `\s+`},
}

// grammarOf builds a parser of tokens: some of the language alone, and those that all have.
func grammarOf[G any](own ...lexer.SimpleRule) *participle.Parser[G] {
	return participle.MustBuild[G](participle.Lexer(lexer.MustSimple(append(own, tokens...))), participle.UseLookahead(4))
}

// maxCondition is the length in bytes, and maxNested the depth of parentheses, that a condition may have.
const (
	maxCondition = 1 << 14
	maxNested    = 64
)

// read parses a condition. The error is a *pattern.Error.
func (l *language[G]) read(text string) (*G, error) {
	if len(text) > maxCondition {
		return nil, &pattern.Error{Message: fmt.Sprintf("the condition has %d bytes; at most %d are read", len(text), maxCondition)}
	}
	if at := tooDeep(text); at >= 0 {
		return nil, &pattern.Error{Offset: at, Message: fmt.Sprintf("parentheses may be %d deep", maxNested)}
	}
	cond, err := l.parser().ParseString("", text)
	if err != nil {
		return nil, l.readable(text, err)
	}
	return cond, nil
}

// tooDeep returns where parentheses are too deep, be it in strings, or -1.
func tooDeep(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '(':
			if depth++; depth > maxNested {
				return i
			}
		case ')':
			depth--
		}
	}
	return -1
}

// readable makes an error of what the parser says: where, what was expected, and the word that was probably meant.
func (l *language[G]) readable(text string, err error) error {
	var e participle.Error
	if !errors.As(err, &e) {
		return &pattern.Error{Message: err.Error()}
	}
	at := min(e.Position().Offset, len(text))
	var unexpected *participle.UnexpectedTokenError
	if !errors.As(err, &unexpected) {
		return &pattern.Error{Offset: at, Message: "this is no part of a condition: " + e.Message()}
	}
	found := unexpected.Unexpected
	message := fmt.Sprintf("`%s` is not expected here", found.Value)
	if found.EOF() {
		message = "the condition ends here"
	}
	if word, start := lastWord(text[:at]); word != "" && !slices.Contains(l.words, word) {
		guess := near.Find(word, l.words)
		switch {
		case found.Value == "(" && guess == "":
			return &pattern.Error{Offset: start, Message: fmt.Sprintf("there is no `%s(…)`: use %s", word, strings.Join(l.calls, ", "))}
		case found.Value == "(":
			return &pattern.Error{Offset: start, Message: fmt.Sprintf("there is no `%s(…)`; did you mean `%s`?", word, guess)}
		case guess != "":
			return &pattern.Error{Offset: start, Message: fmt.Sprintf("`%s` is not expected here; did you mean `%s`?", word, guess)}
		}
	}
	message += ", but " + l.expected(text[:at])
	if guess := near.Find(found.Value, l.words); guess != "" && guess != found.Value {
		message += fmt.Sprintf("; did you mean `%s`?", guess)
	}
	return &pattern.Error{Offset: at, Message: message}
}

// lastWord returns the word that a text ends with, up to blanks, and where it begins; "" where it ends with something else.
func lastWord(text string) (word string, start int) {
	text = strings.TrimRight(text, " \t\r\n")
	start = strings.LastIndexFunc(text, func(r rune) bool {
		return r >= 0x80 || !pattern.IsWord(byte(r), true)
	}) + 1
	return text[start:], start
}

// maxRegexp is the length in bytes, and maxProgram the number of instructions, that a regular expression may have: what is matched takes
// time in proportion to both.
const (
	maxRegexp  = 1000
	maxProgram = 5000
)

// readRegexp compiles a regular expression, or says what is wrong with it.
func readRegexp(text string) (re *regexp.Regexp, problem string) {
	if len(text) > maxRegexp {
		return nil, fmt.Sprintf("the regular expression has %d bytes; at most %d are read", len(text), maxRegexp)
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		problem = strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		if strings.Contains(problem, "invalid or unsupported Perl syntax") {
			problem += ": RE2 has neither look-around nor references to groups"
		}
		return nil, problem
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil || len(prog.Inst) > maxProgram {
		return nil, fmt.Sprintf("the regular expression is too large: with its repetitions written out it has more than %d parts", maxProgram)
	}
	return regexp.MustCompile(text), ""
}
