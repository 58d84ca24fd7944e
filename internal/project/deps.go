package project

import "sync"

// Deps are what the findings of one file depend on beside its text: the questions that were asked while it was checked,
// with their answers. A Deps may be used from several goroutines.
type Deps struct {
	mu    sync.Mutex
	seen  map[asked]bool
	holds []func(*Snapshot) bool
}

// NewDeps makes empty dependencies.
func NewDeps() *Deps { return &Deps{seen: map[asked]bool{}} }

// Hold reports whether all questions have the same answers in a snapshot: then so have the findings.
func (d *Deps) Hold(s *Snapshot) bool {
	d.mu.Lock()
	holds := d.holds
	d.mu.Unlock()
	for _, same := range holds {
		if !same(s) {
			return false
		}
	}
	return true
}

// Len returns the number of different questions.
func (d *Deps) Len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.holds)
}

// question names a question, so that it is kept once.
type question struct{ what, about, more string }

// asked is a question and the folder whose view it was asked of.
type asked struct {
	question
	dir string
}

// note keeps a question that was asked of a view.
func (d *Deps) note(v *View, q question, holds func(*Answers) bool) {
	dir := v.folder.dir
	d.mu.Lock()
	defer d.mu.Unlock()
	if q := (asked{q, dir}); !d.seen[q] {
		d.seen[q] = true
		d.holds = append(d.holds, func(s *Snapshot) bool { return holds(s.ViewOf(dir).Answers()) })
	}
}

// noted answers a question of a view that records, and keeps it with its answer. Views that do not record must not come
// here: what they ask shall cost nothing more.
func noted[A comparable](v *View, q question, ask func(*Answers) A) A {
	answer := ask(v.plain().Answers())
	v.deps.note(v, q, func(a *Answers) bool { return ask(a) == answer })
	return answer
}

// notedBy is noted for answers that equal tells the same.
func notedBy[A any](v *View, q question, equal func(x, y A) bool, ask func(*Answers) A) A {
	answer := ask(v.plain().Answers())
	v.deps.note(v, q, func(a *Answers) bool { return equal(ask(a), answer) })
	return answer
}
