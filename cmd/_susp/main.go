package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
	_ "github.com/nixsift/nixsift/rules/suspicious"
)

func undef(text string) int {
	n := 0
	for range sema.Resolve(parser.Parse(text)).Undefined() {
		n++
	}
	return n
}

func main() {
	only := flag.String("only", "", "")
	dofix := flag.Bool("fix", false, "")
	dump := flag.String("dump", "", "dir to write fixed")
	ctxn := flag.Int("c", 0, "context lines")
	max := flag.Int("max", 1000000, "")
	every := flag.Int("every", 1, "")
	flag.Parse()
	var paths []string
	for _, p := range flag.Args() {
		a, _ := filepath.Abs(p)
		paths = append(paths, a)
	}
	opts := engine.Options{Paths: paths, Only: strings.Split(*only, ","), NoExclude: true}
	res, err := engine.Check(context.Background(), opts)
	if err != nil {
		panic(err)
	}
	fmt.Println("files", res.Files, "findings", len(res.Findings), "errors", len(res.Errors), "suppressed", res.Suppressed)
	for _, e := range res.Errors {
		if e.Kind == engine.Internal {
			fmt.Println("INTERNAL", e.File, e.Message)
		}
	}
	if !*dofix {
		for i, f := range res.Findings {
			if i%*every != 0 || i / *every >= *max {
				continue
			}
			text, _ := res.Text(f.File)
			li := source.NewLineIndex(text)
			ln := li.Line(f.Span.Start)
			fx := ""
			for _, x := range f.Fixes {
				fx += " [" + x.Safety.String() + ": " + x.Title + "]"
			}
			fmt.Printf("%s:%d: %s: %s%s\n", strings.TrimPrefix(f.File, "/work/shared/corpus/"), ln, f.Severity, f.Message, fx)
			if *ctxn >= 0 {
				for k := ln - *ctxn; k <= ln+*ctxn; k++ {
					if k > 0 && k <= li.Lines() {
						s := li.LineSpan(k).Of(text)
						if len(s) > 160 {
							s = s[:160]
						}
						fmt.Println("    |", s)
					}
				}
			}
		}
		return
	}
	for _, level := range []fix.Level{fix.OnlySafe, fix.AlsoUnsafe} {
		out, err := engine.Fix(context.Background(), opts, level)
		if err != nil {
			fmt.Println("FIX ERROR", err)
			continue
		}
		fmt.Println("level", level, "applied", out.Applied, "broken", len(out.Broken), "files", len(out.Texts))
		for _, b := range out.Broken {
			fmt.Println("BROKEN", b.Rule, b.Fix.Title, b.Fix.Edits)
		}
		left := 0
		for _, f := range out.Result.Findings {
			for _, x := range f.Fixes {
				if level.Allows(x.Safety) {
					left++
				}
			}
		}
		fmt.Println("fixes left", left)
		for file, text := range out.Texts {
			before := out.Before[file]
			if a, b := len(parser.Parse(before).Errors()), len(parser.Parse(text).Errors()); b > a {
				fmt.Println("PARSE", file, a, b)
			}
			if a, b := undef(before), undef(text); b != a {
				fmt.Println("UNDEF", file, a, b)
			}
			if *dump != "" {
				rel := strings.TrimPrefix(file, "/work/shared/corpus/")
				for _, v := range []struct{ s, t string }{{"a", before}, {fmt.Sprint("b", level), text}} {
					pth := filepath.Join(*dump, v.s, rel)
					os.MkdirAll(filepath.Dir(pth), 0o755)
					os.WriteFile(pth, []byte(v.t), 0o644)
				}
			}
		}
	}
}
