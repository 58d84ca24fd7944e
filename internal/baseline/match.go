package baseline

import (
	"cmp"
	"path"
	"slices"
	"sort"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fingerprint"
)

// Match is what a run found, laid over a baseline.
type Match struct {
	base  *Baseline
	found []Key
	in    []int // by finding: the entry that has it, or -1
	worse []int // by finding: the entry that would have it if it were milder, or -1
	left  []int // by entry: how many of its findings were not found
}

// Lay lays findings over the baseline, each of which may be nil or empty. The findings of a file stand together. A finding is
// in the baseline where an entry of its file and rule and of no lower severity, of which no other finding has taken all, has its line or
// what stands on one side of it; those that agree in all come first, and severe findings before milder ones. The findings of a file without entries may be those of one that is gone, which Lay asks for: of a
// file of which they have at least half.
func (b *Baseline) Lay(found []Key, gone func(file string) bool) *Match {
	if b == nil {
		b = &Baseline{}
	}
	m := &Match{base: b, found: found, in: make([]int, len(found)), worse: make([]int, len(found)), left: make([]int, len(b.Entries))}
	for i := range m.in {
		m.in[i], m.worse[i] = -1, -1
	}
	for i, e := range b.Entries {
		m.left[i] = e.Count
	}
	var strangers []span
	for at := 0; at < len(found); {
		file := span{at, at + 1}
		for file.end < len(found) && found[file.end].File == found[at].File {
			file.end++
		}
		if entries := b.of(found[at].File); entries.end > entries.start {
			m.file(file, entries)
		} else {
			strangers = append(strangers, file)
		}
		at = file.end
	}
	m.moved(strangers, gone)
	return m
}

// span is a run of findings, or of entries.
type span struct{ start, end int }

// of returns the entries of a file.
func (b *Baseline) of(file string) span {
	start := sort.Search(len(b.Entries), func(i int) bool { return b.Entries[i].File >= file })
	n := sort.Search(len(b.Entries)-start, func(i int) bool { return b.Entries[start+i].File > file })
	return span{start, start + n}
}

// ways are what two findings may agree in beside all, the surest first. What does not count is left empty.
var ways = []func(fingerprint.Content) fingerprint.Content{
	func(c fingerprint.Content) fingerprint.Content { return fingerprint.Content{Line: c.Line} },
	func(c fingerprint.Content) fingerprint.Content {
		return fingerprint.Content{Before: c.Before, Behind: c.Behind}
	},
	func(c fingerprint.Content) fingerprint.Content { return fingerprint.Content{Before: c.Before} },
	func(c fingerprint.Content) fingerprint.Content { return fingerprint.Content{Behind: c.Behind} },
}

// place is what a finding and an entry have to have in common.
type place struct {
	rule     string
	content  fingerprint.Content
	severity diag.Severity
}

// file lays the findings of a file over the entries of one, which may have another name.
func (m *Match) file(findings, entries span) {
	missing := m.same(findings, entries)
	for _, way := range ways {
		if missing == 0 {
			return
		}
		index := m.index(entries, way)
		for severity := diag.Error; severity > diag.Off && len(index) > 0; severity-- {
			for i := findings.start; i < findings.end; i++ {
				if m.in[i] >= 0 || m.found[i].Severity != severity {
					continue
				}
				if m.in[i] = m.takeFrom(index, way, i, severity, diag.Error); m.in[i] >= 0 {
					missing--
				}
			}
		}
	}
	if missing == 0 {
		return
	}
	for _, way := range ways {
		index := m.index(entries, way)
		for i := findings.start; i < findings.end && len(index) > 0; i++ {
			if m.in[i] < 0 && m.worse[i] < 0 {
				m.worse[i] = m.takeFrom(index, way, i, diag.Hint, m.found[i].Severity-1)
			}
		}
	}
}

// index returns the entries of which findings are left by what they may agree in with a finding.
func (m *Match) index(entries span, way func(fingerprint.Content) fingerprint.Content) map[place][]int {
	index := make(map[place][]int, entries.end-entries.start)
	for i := entries.start; i < entries.end; i++ {
		if e := &m.base.Entries[i]; m.left[i] > 0 {
			p := place{e.Rule, way(e.Content), e.Severity}
			index[p] = append(index[p], i)
		}
	}
	return index
}

// takeFrom lays a finding over an entry of the lowest severity among some, and returns it; -1 where there is none.
func (m *Match) takeFrom(index map[place][]int, way func(fingerprint.Content) fingerprint.Content, i int, from, to diag.Severity) int {
	f := &m.found[i]
	for severity := from; severity <= to; severity++ {
		p := place{f.Rule, way(f.Content), severity}
		list := index[p]
		for len(list) > 0 && m.left[list[0]] == 0 {
			list = list[1:]
		}
		if len(list) > 0 {
			index[p] = list
			m.left[list[0]]--
			return list[0]
		}
		delete(index, p)
	}
	return -1
}

// same lays those findings over entries that agree in all, and returns the number of the others.
func (m *Match) same(findings, entries span) (missing int) {
	of := m.base.Entries[entries.start:entries.end]
	for i := findings.start; i < findings.end; i++ {
		key := m.found[i]
		key.File = of[0].File
		at, found := slices.BinarySearchFunc(of, key, func(e Entry, key Key) int { return Compare(e.Key, key) })
		if at += entries.start; !found || m.left[at] == 0 {
			missing++
			continue
		}
		m.in[i] = at
		m.left[at]--
	}
	return missing
}

// alike is how many entries that read alike are looked at for a finding: where whole trees are of one template, one file gone is as
// good as another.
const alike = 64

// moved looks for files without entries that have what one that is gone had.
func (m *Match) moved(strangers []span, gone func(string) bool) {
	if len(strangers) == 0 || len(m.base.Entries) == 0 || gone == nil {
		return
	}
	index := map[place][]int{} // of entries, whatever their file
	for i, e := range m.base.Entries {
		if m.left[i] > 0 {
			p := place{e.Rule, e.Content, e.Severity}
			index[p] = append(index[p], i)
		}
	}
	away := map[string]bool{}
	for _, findings := range strangers {
		shared := map[string]int{} // by file: findings that it had, too
		for i := findings.start; i < findings.end; i++ {
			p := place{m.found[i].Rule, m.found[i].Content, m.found[i].Severity}
			list := slices.DeleteFunc(index[p], func(e int) bool { return m.left[e] == 0 })
			index[p] = list
			for _, e := range list[:min(len(list), alike)] {
				shared[m.base.Entries[e].File]++
			}
		}
		candidates := make([]string, 0, len(shared))
		for file := range shared {
			candidates = append(candidates, file)
		}
		name := path.Base(m.found[findings.start].File)
		slices.SortFunc(candidates, func(a, b string) int {
			return cmp.Or(cmp.Compare(shared[b], shared[a]), -compareBool(path.Base(a) == name, path.Base(b) == name), cmp.Compare(a, b))
		})
		for _, file := range candidates {
			entries, n := m.base.of(file), 0
			for i := entries.start; i < entries.end; i++ {
				n += m.left[i]
			}
			if 2*shared[file] < n {
				continue
			}
			if _, asked := away[file]; !asked {
				away[file] = gone(file)
			}
			if away[file] {
				m.file(findings, entries)
				break
			}
		}
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// In reports whether a finding, given by its index, is in the baseline.
func (m *Match) In(i int) bool { return m.in[i] >= 0 }

// Worse returns the number of findings that are not in the baseline only since they are more severe than what it has, among
// those that are wanted.
func (m *Match) Worse(wanted func(i int) bool) (n int) {
	for i, e := range m.worse {
		if e >= 0 && wanted(i) {
			n++
		}
	}
	return n
}

// Moved returns the number of findings whose file had another name.
func (m *Match) Moved() (n int) {
	for i, e := range m.in {
		if e >= 0 && m.base.Entries[e].File != m.found[i].File {
			n++
		}
	}
	return n
}

// Left returns the number of findings that were not found of the entries that are wanted.
func (m *Match) Left(wanted func(Key) bool) (n int) {
	for _, e := range m.Gone(wanted) {
		n += e.Count
	}
	return n
}

// Gone returns the entries of which findings were not found, with their number, among those that are wanted.
func (m *Match) Gone(wanted func(Key) bool) []Entry {
	var all []Entry
	for i, e := range m.base.Entries {
		if m.left[i] > 0 && wanted(e.Key) {
			all = append(all, Entry{e.Key, m.left[i]})
		}
	}
	return all
}

// Next returns the baseline without those of its entries that were not found and are to leave it and, where that is wanted, with findings that it has not. An entry stays
// letter by letter as long as its line is found.
func (m *Match) Next(leaves func(Key) bool, accept func(i int) bool) *Baseline {
	counts := make(map[Key]int, len(m.base.Entries))
	for i, f := range m.found {
		switch e := m.in[i]; {
		case e >= 0:
			if c := m.base.Entries[e].Content; c.Line == f.Content.Line {
				f.Content = c
			}
			counts[f]++
		case accept != nil && accept(i):
			counts[f]++
		case m.worse[i] >= 0:
			counts[m.base.Entries[m.worse[i]].Key]++
		}
	}
	for i, e := range m.base.Entries {
		if m.left[i] > 0 && !leaves(e.Key) {
			counts[e.Key] += m.left[i]
		}
	}
	return of(counts)
}
