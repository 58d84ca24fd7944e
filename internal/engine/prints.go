package engine

import (
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fingerprint"
	"github.com/nixsift/nixsift/internal/secret"
)

// prints are the contents of findings of one file, by place and whether a secret stands there.
type prints map[printOf]fingerprint.Content

type printOf struct {
	at     source.Span
	secret bool
}

// withoutSecrets returns the text of a file that contents are made of: a short secret could be guessed from its hash. What is a secret
// by itself, or by its name, does not depend on the rules that run.
func withoutSecrets(file, text string) string { return (*secret.Values)(nil).Mask(file, text) }

// contentOf returns the content of a finding in such a text.
func contentOf(text string, f *diag.Finding) fingerprint.Content {
	if f.Secret && int(f.Span.End) <= len(text) {
		text = secret.Mask(text, []source.Span{f.Span})
	}
	return fingerprint.ContentOf(text, f.Span)
}

// takePrints notes for a baseline what the findings from the first on that are in a file, whose text is given, stand on. What
// rules find later in the file, or from elsewhere, is looked up when all is known.
func (w *worker) takePrints(file, text string, first int) {
	if w.findings.len() == first || w.engine.usable(file) == nil {
		return
	}
	p := make(prints, w.findings.len()-first)
	text = withoutSecrets(file, text)
	for f := range w.findings.from(first) {
		if f.File == file && Acceptable(f.Rule) {
			p[printOf{f.Span, f.Secret}] = contentOf(text, f)
		}
	}
	w.prints[file] = p
}
