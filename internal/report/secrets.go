package report

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/secret"
)

// hideSecrets takes the secrets out of all that is said. What is unchanged is not copied.
func (r *Run) hideSecrets() {
	shared := len(r.All) == len(r.Findings) && (len(r.All) == 0 || &r.All[0] == &r.Findings[0])
	r.Findings = r.hidden(r.Findings)
	if shared {
		r.All = r.Findings
	}
	copied := false
	for i := range r.Silenced {
		reason := r.Secrets.Hide(r.Silenced[i].Reason)
		f, changed := r.Secrets.HideIn(&r.Silenced[i].Finding)
		if !changed && reason == r.Silenced[i].Reason {
			continue
		}
		if !copied {
			r.Silenced, copied = slices.Clone(r.Silenced), true
		}
		r.Silenced[i].Finding, r.Silenced[i].Reason = f, reason
	}
	for i := range r.Errors {
		if text := r.Secrets.Hide(r.Errors[i].Message); text != r.Errors[i].Message {
			r.Errors = slices.Clone(r.Errors)
			r.Errors[i].Message = text
		}
	}
}

func (r *Run) hidden(findings []diag.Finding) []diag.Finding {
	copied := false
	for i := range findings {
		f, changed := r.Secrets.HideIn(&findings[i])
		if !changed {
			continue
		}
		if !copied {
			findings, copied = slices.Clone(findings), true
		}
		findings[i] = f
	}
	return findings
}

// maskedText is the text of the file last shown, without secrets.
type maskedText struct {
	file, text string
	hidden     []string // what stars stand for
}

// shownText returns the text of a file with stars in place of secrets.
func (p *printer) shownText(file string, x *source.LineIndex) string {
	if p.masked.file != file || file == "" {
		text := p.Secrets.Mask(file, x.Text())
		p.masked = maskedText{file, text, hiddenBy(x.Text(), text)}
	}
	return p.masked.text
}

// printedText returns the text of a file that fingerprints are made of, "" where it is not known.
func (p *printer) printedText(file string) string {
	if x := p.lines(file); x != nil {
		return p.shownText(file, x)
	}
	return ""
}

// expressible reports whether a fix can be told to programs: applied from there, text that is not UTF-8 would do harm, and so would one
// in which stars stand for a secret.
func (p *printer) expressible(fix diag.Fix, f *diag.Finding) bool {
	return !slices.ContainsFunc(fix.Edits, func(e diag.Edit) bool {
		return !utf8.ValidString(e.Text) || e.Text != "" && (p.Secrets.Shows(e.Text) || p.keepsSecret(fileOf(e.File, f), e.Text))
	})
}

// keepsSecret reports whether the text of an edit writes again, perhaps elsewhere, what is a secret by what stands around it in the file.
func (p *printer) keepsSecret(file, text string) bool {
	x := p.lines(file)
	if x == nil {
		return false
	}
	p.shownText(file, x)
	return slices.ContainsFunc(p.masked.hidden, func(was string) bool { return strings.Contains(text, was) })
}

// hiddenBy returns the texts for which stars stand in what is shown, with their quotes where they are too short, or too much of a word, to tell without.
func hiddenBy(was, shown string) (out []string) {
	const least = 6
	for at := 0; ; {
		i := strings.Index(shown[at:], "***")
		if i < 0 {
			return out
		}
		start := at + i
		for at = start; at < len(was) && shown[at] == '*'; at++ {
		}
		switch {
		case was[start:at] == shown[start:at]:
		case at-start >= least && !secret.IsWord(was[start:at]):
			out = append(out, was[start:at])
		case start > 0 && at < len(was) && was[start-1] == '"' && was[at] == '"':
			out = append(out, was[start-1:at+1])
		}
	}
}
