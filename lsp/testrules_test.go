package lsp_test

import (
	"strings"
	"sync/atomic"
	"time"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
	_ "github.com/nixsift/nixsift/rules/all"
)

// The rules of these tests speak about numbers, so that a text says which findings it has. They belong to
// no preset; tests run them by name.

// begun counts the checks of slow-number.
var begun atomic.Int64

// hanging, where it is set, stops hanging-number until it is closed; hung counts the checks that hang.
var (
	hanging atomic.Pointer[chan struct{}]
	hung    atomic.Int64
)

// checks counts the checks of a text with the word "counted".
var checks atomic.Int64

const numbers = "unlucky-number,doubtful-number,panicking-number,slow-number,hanging-number,flake-word"

func number(id string, severity diag.Severity, tags diag.Tag, check func(p *rules.Pass, n ast.Node)) {
	rules.Register(&rules.Rule{
		ID: id, Family: "test", Summary: "A number is wrong", Doc: "For tests.", Since: "0.1.0", Severity: severity, Tags: tags,
		On: []ast.Kind{ast.Int}, Node: check, Formerly: []string{"once-" + id},
	})
}

func init() {
	number("unlucky-number", diag.Warning, diag.Unnecessary, func(p *rules.Pass, n ast.Node) {
		switch n.Text() {
		case "13":
			p.Report(diag.Finding{
				Span: n.Span(), Message: "`13` is unlucky", Help: "take `12`",
				Related: []diag.Related{{Span: source.Span{Start: 0, End: 1}, Message: "the file starts here"}, {File: "/no/such/file", Message: "nowhere"}},
				Fixes: []diag.Fix{
					rules.Replace("replace it by `12`", diag.Safe, n.Span(), "12"),
					rules.Replace("replace it by `1`", diag.Unsafe, n.Span(), "1"),
					rules.Replace("think", diag.Display, n.Span(), "?"),
				},
			})
		case "12": // what the fix above makes needs another one
			if strings.Contains(p.Tree.Source(), "twice") {
				p.Report(diag.Finding{Span: n.Span(), Message: "`12` is dull", Fixes: []diag.Fix{rules.Replace("replace it by `11`", diag.Safe, n.Span(), "11")}})
			}
		}
	})
	number("doubtful-number", diag.Hint, diag.Deprecated, func(p *rules.Pass, n ast.Node) {
		switch n.Text() {
		case "14":
			p.Report(diag.Finding{Span: n.Span(), Message: "`14` is doubtful", Fixes: []diag.Fix{rules.Replace("replace it by `15`", diag.Unsafe, n.Span(), "15")}})
		case "140":
			p.Report(diag.Finding{Span: n.Span(), Message: "`140` breaks", Fixes: []diag.Fix{rules.Replace("break the file", diag.Safe, n.Span(), "]")}})
		case "141":
			p.Report(diag.Finding{Span: n.Span(), Severity: diag.Info, Message: "`141` is elsewhere, too", Fixes: []diag.Fix{{
				Title: "change the neighbour", Safety: diag.Safe,
				Edits: []diag.Edit{{Span: n.Span(), Text: "1"}, {File: strings.TrimSuffix(p.Path, "a.nix") + "b.nix", Span: source.Span{Start: 0, End: 1}, Text: "2"}},
			}}})
		}
	})
	number("panicking-number", diag.Warning, 0, func(_ *rules.Pass, n ast.Node) {
		if n.Text() == "666" {
			panic("the number of the beast")
		}
	})
	number("hanging-number", diag.Warning, 0, func(p *rules.Pass, n ast.Node) {
		switch text := p.Tree.Source(); {
		case n.Text() == "12" && strings.Contains(text, "hang"): // only what fixing makes
			hung.Add(1)
			<-*hanging.Load()
		case n.Text() == "0" && strings.Contains(text, "counted"):
			checks.Add(1)
		}
	})
	number("slow-number", diag.Warning, 0, func(p *rules.Pass, n ast.Node) {
		if n.Text() == "42" {
			begun.Add(1)
			time.Sleep(30 * time.Millisecond)
			p.Report(diag.Finding{Span: n.Span(), Message: "`42` takes its time"})
		}
	})
	rules.Register(&rules.Rule{
		ID: "hanging-file", Family: "test", Summary: "A file is held up", Doc: "For tests.", Since: "0.1.0", Severity: diag.Warning,
		File: func(p *rules.Pass) {
			if strings.Contains(p.Tree.Source(), "# hangs\n") {
				hung.Add(1)
				<-*hanging.Load()
			}
		},
	})
	rules.Register(&rules.Rule{
		ID: "flake-word", Family: "test", Summary: "A flake has the word", Doc: "For tests.", Since: "0.1.0", Severity: diag.Warning,
		Flake: func(p *rules.Pass, f *flake.Flake) {
			for _, file := range []struct{ name, text string }{{"flake.nix", f.Nix.Tree.Source()}, {"flake.lock", lockText(p)}} {
				for at := 0; ; {
					i := strings.Index(file.text[at:], "worthy")
					if i < 0 {
						break
					}
					at += i
					s := source.Span{Start: uint32(at), End: uint32(at + len("worthy"))}
					at += len("worthy")
					p.Report(diag.Finding{
						File: f.Dir + "/" + file.name, Span: s, Message: "a worthy flake",
						Fixes: []diag.Fix{{Title: "say less", Safety: diag.Safe, Edits: []diag.Edit{{File: f.Dir + "/" + file.name, Span: s, Text: "good"}}}},
					})
				}
			}
		},
	})
}

func lockText(p *rules.Pass) string {
	f := p.Project.File(strings.TrimSuffix(p.Path, "flake.nix") + "flake.lock")
	if f == nil {
		return ""
	}
	return f.Text()
}
