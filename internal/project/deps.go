package project

import "sync"

// Deps are what the findings of one file depend on beside its text: the questions that were asked while it was checked,
// with their answers. A Deps may be used from several goroutines.
type Deps struct {
	mu    sync.Mutex
	path  string
	seen  map[question]bool
	holds []func(*Answers) bool
}

// NewDeps makes the empty dependencies of a file, given by its absolute path.
func NewDeps(path string) *Deps { return &Deps{path: path, seen: map[question]bool{}} }

// Hold reports whether all questions have the same answers in a snapshot: then so have the findings.
func (d *Deps) Hold(s *Snapshot) bool {
	d.mu.Lock()
	holds := d.holds
	d.mu.Unlock()
	a := s.View(d.path).Answers()
	for _, same := range holds {
		if !same(a) {
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

func (d *Deps) add(q question, holds func(*Answers) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.seen[q] {
		d.seen[q] = true
		d.holds = append(d.holds, holds)
	}
}

// noted answers a question of a view that records, and keeps it with its answer. Views that do not record must not come
// here: what they ask shall cost nothing more.
func noted[A comparable](v *View, q question, ask func(*Answers) A) A {
	answer := ask(&Answers{v.plain()})
	v.deps.add(q, func(a *Answers) bool { return ask(a) == answer })
	return answer
}

// notedBy is noted for answers that equal tells the same.
func notedBy[A any](v *View, q question, equal func(x, y A) bool, ask func(*Answers) A) A {
	answer := ask(&Answers{v.plain()})
	v.deps.add(q, func(a *Answers) bool { return equal(ask(a), answer) })
	return answer
}
