package engine

import (
	"hash/maphash"
	"unsafe"
)

// maxTexts is the size in bytes of the texts that each worker keeps for the report: they are many where there are many
// findings, and can be read again.
const maxTexts = 4 << 20

var textSeed = maphash.MakeSeed()

// keep notes the text of a file with findings.
func (w *worker) keep(path, text string) {
	if w.kept += len(text); w.kept <= maxTexts || w.engine.opts.keepTexts {
		w.texts[path] = text
		return
	}
	w.keepSum(path, text)
}

// keepSum notes what tells whether the text of a file is still the same, should there be a finding about it.
func (w *worker) keepSum(path, text string) {
	if w.engine.opts.keepTexts {
		w.texts[path] = text
		return
	}
	w.sums[path] = maphash.String(textSeed, text)
}

// Text returns the text of a file with findings, as it was checked, or of one that they relate to; false where it cannot be
// read, or has changed since.
func (r *Result) Text(file string) (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t, ok := r.texts[file]; ok {
		return t, true
	}
	if r.fs == nil || file == "" {
		return "", false
	}
	if r.again.file != file {
		b, err := r.fs.ReadFile(file)
		if err != nil {
			return "", false
		}
		r.again.file, r.again.text = file, unsafe.String(unsafe.SliceData(b), len(b)) // nobody writes to it
	}
	if sum, ok := r.sums[file]; ok && sum != maphash.String(textSeed, r.again.text) {
		return "", false
	}
	return r.again.text, true
}
