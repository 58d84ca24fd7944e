package engine

import (
	"github.com/nixsift/nixsift/parser"
)

// generated says whether a file is the output of a tool, or how that is found out should it matter once the file is walked.
type generated uint8

const (
	handWritten generated = iota
	byTool
	unknownNix  // its tree tells
	unknownText // its text does
)

// golden says whether a file is what a program is given in its tests, once that is asked.
type golden uint8

const (
	unasked golden = iota
	isGolden
	notGolden
)

// isGenerated reports whether a file of a finding is the output of a tool, whose findings below error are left out. It
// is told of the file at hand only.
func (w *worker) isGenerated(file string) bool {
	if file != w.path || w.engine.opts.Generated || w.config.Generated {
		return false
	}
	if !w.asked {
		w.asked = true
		switch {
		case w.again >= unknownNix:
			w.generated = w.readGenerated(file)
		case w.tree != nil:
			w.generated = w.view.Generated(file, w.tree)
		default:
			w.generated = w.view.GeneratedText(file, w.text)
		}
	}
	return w.generated
}

// readGenerated reads a file that was walked once more, to tell whether it is the output of a tool. Few are asked about.
func (w *worker) readGenerated(file string) bool {
	text, err := w.engine.fs.ReadFile(file)
	if err != nil {
		return false
	}
	if w.again == unknownText {
		return w.engine.snapshot.View(file).GeneratedText(file, string(text))
	}
	return w.engine.snapshot.View(file).Generated(file, parser.Parse(string(text)))
}

// isGolden reports whether a file of a finding is what a program is given in its tests: all that is wrong there is a hint, but for what
// keeps the file from being analysed. It is told of the file at hand only.
func (w *worker) isGolden(file string) bool {
	if file != w.path || file == "" {
		return false
	}
	if w.golden == unasked {
		v := w.engine.snapshot.View(file)
		if w.ctx != nil || w.keeps {
			v = w.view.Of(file) // which notes what it is asked
		}
		if w.golden = notGolden; v.Golden(file) {
			w.golden = isGolden
		}
	}
	return w.golden == isGolden
}
