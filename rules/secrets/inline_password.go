package secrets

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "inline-password", Family: family, Since: "0.1.0",
	Summary: "A text has a password in it",
	Doc: "What `writeText`, `environment.etc.NAME.text`, a script or the command line of a unit has in it is a file of the Nix store, which everybody\n" +
		"on the machine can read; a CI file is in Git. A command line shows in the list of processes, too.\n" +
		"\n" +
		"Let the program read the secret at run time: from a file that it is told (`passwordFile`, `EnvironmentFile`, `LoadCredential`,\n" +
		"`--password-file`), or let a template of sops-nix put it into the text on the machine. CI systems keep secrets of their own.\n" +
		"\n" +
		"Found are values of settings and variables whose name says that they are secret (`password=…`, `\"apiKey\": \"…\"`, `DB_PASSWORD: …`),\n" +
		"options of programs (`--token …`, `mysql -p…`, `curl -u user:…`), entries of `netrc`, passwords in SQL (`IDENTIFIED BY '…'`) and headers\n" +
		"(`Authorization: Bearer …`), in Nix strings, CI files and scripts. Nothing is said of variables and templates in that place, of\n" +
		"`changeme` and its kin, of words without a digit, of names, paths and code, of comments, of documentation and tests. A word with a number\n" +
		"behind it is told as info. Tokens of known form are told by `inline-token`, passwords in URLs by `credentials-in-url`.",
	ByTokens: true,
	Severity: diag.Warning, Presets: rules.Recommended,
	On: []ast.Kind{ast.File},
	Node: func(p *rules.Pass, _ ast.Node) {
		src := p.Tree.Source()
		told := elsewhere(p, src)
		for _, f := range secret.FindAssigned(src) {
			n := p.Tree.NodeAt(f.Span)
			if !isText(n) || told(f.Span) || commented(src, f.Span.Start) {
				continue
			}
			if by := p.Tree.NodeAt(f.By); by != n && !(isText(by) && by.OutsideParens().Parent().Is(ast.List) && by.OutsideParens().Parent() == n.OutsideParens().Parent()) {
				continue
			}
			if !apart(p, n) && !compared(n) && !inEnvironment(p, n) {
				p.ReportMildly(inText(src, f, "the Nix store, where everybody can read it"), diag.Hint)
			}
		}
		interpolatedPasswords(p)
	},
	Script: func(p *rules.Pass, d *shell.Doc) {
		told := elsewhere(p, d.Text)
		for _, f := range secret.FindAssigned(d.Text) {
			if !told(f.Span) && !commented(d.Text, f.Span.Start) {
				p.ReportMildly(inText(d.Text, f, "Git, where everybody who sees the file can read it"), diag.Hint)
			}
		}
	},
})

func isText(n ast.Node) bool { return n.Is(ast.String) || n.Is(ast.IndString) }

// inText is what is told of a secret that a text gives to a name.
func inText(src string, f secret.Assigned, where string) diag.Finding {
	out := diag.Finding{
		Span: f.Span, Secret: true, Message: fmt.Sprintf("the secret that `%s` is given is in %s", strings.Trim(f.By.Of(src), "-: "), where),
		Help: "let the program read it at run time, from a file that sops-nix, agenix or systemd's `LoadCredential` provides",
	}
	if isWordWithNumber(f.Span.Of(src)) {
		out.Severity = diag.Info
	}
	return out
}

// isWordWithNumber reports whether a secret is a word in lower case with a number behind it, as passwords of tests are.
func isWordWithNumber(value string) bool {
	return strings.Trim(strings.TrimRight(value, "0123456789"), "abcdefghijklmnopqrstuvwxyz") == ""
}

// elsewhere returns what tells whether another rule that runs tells of a secret. It looks for theirs when it is first asked: few texts
// have any.
func elsewhere(p *rules.Pass, text string) func(at source.Span) bool {
	told := sync.OnceValue(func() (spans []source.Span) {
		if p.Runs("credentials-in-url") {
			for _, f := range secret.FindInURLs(text) {
				spans = append(spans, f.Span)
			}
		}
		if p.Runs("inline-token") {
			for _, f := range secret.Find(text) {
				spans = append(spans, f.Span)
			}
		}
		slices.SortFunc(spans, func(a, b source.Span) int { return int(a.Start) - int(b.Start) })
		for i := range spans[min(1, len(spans)):] {
			spans[i+1].End = max(spans[i].End, spans[i+1].End) // the end of all up to there
		}
		return spans
	})
	return func(at source.Span) bool {
		before, _ := slices.BinarySearchFunc(told(), at.End, func(s source.Span, end uint32) int { return int(s.Start) - int(end) })
		return before > 0 && at.Start < told()[before-1].End
	}
}

// hasForm reports whether a value is a secret of a form that the rules find which elsewhere knows.
func hasForm(value string) bool {
	return len(secret.Find(value)) > 0 || len(secret.FindInURLs(value)) > 0
}

// comparing are functions whose texts are looked for or shown, and not used.
var comparing = []string{
	"match", "split", "splitString", "hasPrefix", "hasSuffix", "hasInfix", "removePrefix", "removeSuffix", "replaceStrings", "assertMsg", "throw", "abort", "trace", "warn", "warnIf",
	"warnIfNot", "throwIf", "throwIfNot", "hashString", "toUpper",
}

// compared reports whether a text is only compared with others or shown.
func compared(n ast.Node) bool {
	for up := n.Parent(); up.IsCall() || up.Is(ast.Paren) || up.Is(ast.List) || up.Is(ast.Binary); up = up.Parent() {
		if up.IsCall() {
			if fn, _ := ast.Call(up); slices.Contains(comparing, ast.LastName(fn)) {
				return true
			}
		}
		if up.Is(ast.Binary) && (up.Op() == ast.OpEq || up.Op() == ast.OpNeq) {
			return true
		}
	}
	b := bindingOf(n)
	return b.IsValid() && slices.Contains([]string{"message", "warnings", "regex", "pattern"}, (ast.BindingNode{Node: b}).Attrpath().LastName())
}

// inEnvironment reports whether a text is one of the variables that secret-in-environment tells of.
func inEnvironment(p *rules.Pass, n ast.Node) bool {
	if !p.Runs("secret-in-environment") {
		return false
	}
	b := bindingOf(n)
	return b.IsValid() && (ast.BindingNode{Node: b}).Attrpath().LastName() == "Environment"
}

// interpolatedPasswords reports literals that a text gives to the name of a secret by interpolation: "password=${pw}".
func interpolatedPasswords(p *rules.Pass) {
	tree := p.Tree
	var r *reader
	for i, rec := range tree.Records() {
		if rec.Kind != ast.Interpolation {
			continue
		}
		n := tree.Node(ast.NodeID(i))
		if !isText(n.Parent()) {
			continue
		}
		const lookBehind = 120
		before := tree.Source()[max(n.Parent().Start()+1, max(n.Start(), lookBehind)-lookBehind):n.Start()]
		before = before[strings.LastIndexByte(before, '\n')+1:]
		if !strings.ContainsAny(before, "=: ") || strings.HasPrefix(strings.TrimSpace(before), "#") {
			continue
		}
		// A value of a form that is found wherever a secret is.
		const probe = "Xq7Zw2Kv9"
		all := secret.FindAssigned(before + probe)
		if len(all) == 0 || all[len(all)-1].Span.Of(before+probe) != probe {
			continue
		}
		if r == nil {
			r = newReader(p)
		}
		inner := r.Follow(n.FirstChild())
		value, whole := ast.StringValue(inner)
		if !whole || !isText(inner) || apart(p, n) || compared(n.Parent()) || inEnvironment(p, n.Parent()) {
			continue
		}
		all = secret.FindAssigned(before + value)
		if len(all) == 0 || all[len(all)-1].Span.Of(before+value) != value {
			continue
		}
		f := inText(before+value, all[len(all)-1], "the Nix store, where everybody can read it")
		f.Span = inner.Span()
		if f.Span != n.FirstChild().Span() {
			f.Related = []diag.Related{{Span: n.Span(), Message: "it is given here"}}
		}
		p.ReportMildly(f, diag.Hint)
	}
}
