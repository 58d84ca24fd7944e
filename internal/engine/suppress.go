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
	Left          []Unsuppressed    // in the order of diag.Compare; their places are those in the text with the comments

	by map[finder]bool // the rules for which there are new comments, with their files
}

// Text returns the text of a file as it is with the comments.
func (s *Suppressed) Text(file string) (string, bool) {
	if text, ok := s.Texts[file]; ok {
		return text, true
	}
	return s.Result.Text(file)
}

// Unsuppressed is a finding that no comment silences, and why.
type Unsuppressed struct {
	diag.Finding
	Why string
}

// Suppress adds comments with a reason, in one line or "", to the files of a run so that they silence its findings, and those that
// come in their place where a rule tells of many at once. The files are checked with them: where a rule says nothing once a comment
// is there, or others say more, they are left out.
func Suppress(ctx context.Context, opts Options, reason string) (*Suppressed, error) {
	base := opts.FS
	if base == nil {
		base = workspace.OS
	}
	out, err := suppressOnce(ctx, opts, base, reason)
	if err != nil {
		return nil, err
	}
	overlay := workspace.NewOverlay(base)
	for file, text := range out.Texts {
		overlay.Set(file, []byte(text))
	}
	opts.Paths = slices.Sorted(maps.Keys(out.Texts))
	for len(opts.Paths) > 0 {
		more, err := suppressOnce(ctx, opts, overlay, reason)
		if err != nil {
			return nil, err
		}
		for file, text := range more.Texts {
			overlay.Set(file, []byte(text))
			out.Texts[file] = text
		}
		out.Count += more.Count
		switch {
		case len(more.Texts) > 0:
			opts.Paths = slices.Sorted(maps.Keys(more.Texts))
		case len(opts.Paths) < len(out.Texts):
			opts.Paths = slices.Sorted(maps.Keys(out.Texts))
		default: // those of the other files are where they were
			out.Left = slices.DeleteFunc(out.Left, func(l Unsuppressed) bool { _, changes := out.Texts[l.File]; return changes })
			out.Left = append(out.Left, more.Left...)
			slices.SortStableFunc(out.Left, func(a, b Unsuppressed) int { return diag.Compare(a.Finding, b.Finding) })
			return out, nil
		}
	}
	return out, nil
}

// suppressOnce adds comments for what one run over a file system finds.
func suppressOnce(ctx context.Context, opts Options, base workspace.FS, reason string) (*Suppressed, error) {
	opts.FS = base
	res, err := Check(ctx, opts)
	if err != nil {
		return nil, err
	}
	// All rules of the configuration are asked, so that they tell of idle comments.
	opts.Select, opts.Only, opts.Ignore, opts.NoBaseline, opts.Baseline = nil, nil, nil, true, ""
	without := attempts{}
	for round := 0; ; round++ {
		out := res.suppress(reason, without)
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
		if !without.learn(out, before, after, round >= rounds) {
			return out, nil
		}
	}
}

// rounds is how often single rules are tried otherwise in a file before the file is left out.
const rounds = 6

// attempts are what failed: by rule and file, or for all rules of a file with "".
type attempts map[finder]attempt

// attempt says what is left to try.
type attempt uint8

const (
	atEnd  attempt = 1 + iota // comments at the ends of lines, as those on lines of their own failed
	barred                    // nothing
)

// learn notes where comments do not silence a rule, or lead to other findings, and reports whether that is more than was known.
// whole leaves out whole files only.
func (a attempts) learn(out *Suppressed, was, is *Result, whole bool) (more bool) {
	counts := map[finder]int{}
	for _, f := range was.Findings {
		counts[finder{f.File, f.Rule}]++
	}
	failed := map[finder]bool{}
	for _, f := range is.Findings {
		of := finder{f.File, f.Rule}
		if counts[of]--; counts[of] >= 0 || out.Texts[f.File] == "" {
			continue
		}
		idle := finder{f.File, f.Span.Of(out.Texts[f.File])}
		switch {
		case f.Rule == suppress.Unused && out.by[idle] && !whole:
			failed[idle] = true
		case f.Rule != suppress.Unused && out.by[of] && !whole:
			failed[of] = true
		case f.Rule != suppress.WithoutReason:
			failed[finder{f.File, ""}] = true
		}
	}
	for of := range failed {
		if of.rule == "" {
			more = more || a[of] != barred
			a[of] = barred
		} else if a[of] < barred {
			a[of]++
			more = true
		}
	}
	return more
}

// suppress adds the comments, each where it did not fail.
func (r *Result) suppress(reason string, without attempts) *Suppressed {
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
			case without[finder{file, ""}] == barred:
				leave("with comments there would be other findings in the file: accept it with `nixsift baseline`", f)
			case without[finder{file, f.Rule}] == barred:
				leave("where a comment stands the rule says something else: accept it with `nixsift baseline`, or turn the rule off for the file in nixsift.toml", f)
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
		comment := suppress.Comment{Reason: reason, Behind: func(f diag.Finding) bool { return without[finder{file, f.Rule}] == atEnd }}
		why := "no comment can stand there: accept it with `nixsift baseline`, or turn the rule off for the file in nixsift.toml"
		switch kind := workspace.KindOf(file); kind {
		case workspace.Nix:
			done = suppress.Insert(parser.Parse(text), parser.Parse, catalogue, wanted, comment)
		case workspace.FlakeLock:
			done = suppress.Inserted{Text: text, Left: wanted}
			why = "there are no comments in JSON: accept it with `nixsift baseline`, or turn the rule off for the file in nixsift.toml"
		default:
			done = suppress.InsertText(text, catalogue, wanted, comment, func(after string) bool { return shell.Same(file, kind == workspace.CI, text, after) })
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
