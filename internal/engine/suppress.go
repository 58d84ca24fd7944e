package engine

import (
	"context"
	"maps"
	"slices"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules"
)

// Suppressed is what becomes of files in which comments silence the findings of a result. Nothing is written.
type Suppressed struct {
	Result        *Result           // what is found without the comments
	Before, Texts map[string]string // of the files that change
	Count         int               // findings that the comments silence
	Left          []Unsuppressed    // in the order of diag.Compare

	by map[finder]bool // the rules for which there are new comments, with their files
}

// Unsuppressed is a finding that no comment silences, and why.
type Unsuppressed struct {
	diag.Finding
	Why string
}

// Suppress adds comments with a reason, in one line or "", to the files of a run so that they silence its findings. The files are
// checked with them: where a rule says nothing once a comment is there, or others say more, they are left out.
func Suppress(ctx context.Context, opts Options, reason string) (*Suppressed, error) {
	res, err := Check(ctx, opts)
	if err != nil {
		return nil, err
	}
	base := opts.FS
	if base == nil {
		base = workspace.OS
	}
	// All rules of the configuration are asked, so that they tell of idle comments.
	opts.Select, opts.Only, opts.Ignore, opts.NoBaseline, opts.Baseline = nil, nil, nil, true, ""
	barred := map[finder]bool{}
	for round := 0; ; round++ {
		out := res.suppress(reason, barred)
		if len(out.Texts) == 0 {
			return out, nil
		}
		opts.Paths = slices.Sorted(maps.Keys(out.Texts))
		opts.FS = base
		before, err := Check(ctx, opts)
		if err != nil {
			return nil, err
		}
		overlay := workspace.NewOverlay(base)
		for file, text := range out.Texts {
			overlay.Set(file, []byte(text))
		}
		opts.FS = overlay
		after, err := Check(ctx, opts)
		if err != nil {
			return nil, err
		}
		if !bar(barred, out, before, after, round >= rounds) {
			return out, nil
		}
	}
}

// rounds is how often single rules are left out of a file before the file is.
const rounds = 2

// bar notes the rules, or with "" all, whose findings comments cannot silence in a file, and reports whether there are new ones.
// whole leaves out whole files only.
func bar(barred map[finder]bool, out *Suppressed, before, after *Result, whole bool) (more bool) {
	counts := map[finder]int{}
	for _, f := range before.Findings {
		counts[finder{f.File, f.Rule}]++
	}
	add := func(of finder) {
		more = more || !barred[of]
		barred[of] = true
	}
	for _, f := range after.Findings {
		of := finder{f.File, f.Rule}
		if counts[of]--; counts[of] >= 0 || out.Texts[f.File] == "" {
			continue
		}
		name := finder{f.File, f.Span.Of(out.Texts[f.File])}
		switch {
		case f.Rule == suppress.Unused && out.by[name] && !whole:
			add(name)
		case f.Rule != suppress.WithoutReason:
			add(finder{f.File, ""})
		}
	}
	return more
}

// suppress adds the comments but for those that are barred.
func (r *Result) suppress(reason string, barred map[finder]bool) *Suppressed {
	out := &Suppressed{Result: r, by: map[finder]bool{}, Before: map[string]string{}, Texts: map[string]string{}}
	catalogue := Catalogue()
	for all := r.Findings; len(all) > 0; {
		file := all[0].File
		n := slices.IndexFunc(all, func(f diag.Finding) bool { return f.File != file })
		if n < 0 {
			n = len(all)
		}
		var wanted []diag.Finding
		leave := func(why string, findings ...diag.Finding) {
			for _, f := range findings {
				out.Left = append(out.Left, Unsuppressed{f, why})
			}
		}
		for _, f := range all[:n] {
			switch rule := rules.Lookup(f.Rule); {
			case rule == nil || rule.Mandatory:
				leave("Nix itself refuses the file: mend it, or exclude the file in nixsift.toml", f)
			case rule.Engine:
				leave("it is about a comment: mend that", f)
			case barred[finder{file, f.Rule}] && !barred[finder{file, ""}]:
				leave("where a comment stands the rule says something else: accept it with `nixsift baseline`, or turn the rule off for the file in nixsift.toml", f)
			case barred[finder{file, ""}]:
				leave("with comments there would be other findings in the file: accept it with `nixsift baseline`", f)
			default:
				out.by[finder{file, f.Rule}] = true
				wanted = append(wanted, f)
			}
		}
		all = all[n:]
		text, known := r.Text(file)
		switch {
		case len(wanted) == 0:
			continue
		case !known:
			leave("the file changed meanwhile: run this again", wanted...)
			continue
		case fix.Conflicted(text):
			leave("the file has the markers of a merge", wanted...)
			continue
		}
		var done suppress.Inserted
		why := "no comment can stand there: accept it with `nixsift baseline`, or turn the rule off for the file in nixsift.toml"
		switch kind := workspace.KindOf(file); kind {
		case workspace.Nix:
			done = suppress.Insert(parser.Parse(text), catalogue, wanted, reason)
		case workspace.FlakeLock:
			done = suppress.Inserted{Text: text, Left: wanted}
			why = "there are no comments in JSON: accept it with `nixsift baseline`, or turn the rule off for the file in nixsift.toml"
		default:
			done = suppress.InsertText(text, catalogue, wanted, reason, func(after string) bool { return shell.Same(file, kind == workspace.CI, text, after) })
		}
		leave(why, done.Left...)
		out.Count += done.Silenced
		if done.Text != text {
			out.Before[file], out.Texts[file] = text, done.Text
		}
	}
	slices.SortStableFunc(out.Left, func(a, b Unsuppressed) int { return diag.Compare(a.Finding, b.Finding) })
	return out
}
