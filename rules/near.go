package rules

import "github.com/nixsift/nixsift/internal/diag"

// TooMuch is what a rule panics with that asks a pass of Near for what takes a look at all of the file.
type TooMuch struct{}

// Near returns a pass over the same file for a rule that is to look at few of its nodes, while somebody waits. It has the tree and the names;
// what the file is as a module or when it is evaluated, and which names it needs, takes too long, and who asks is stopped with TooMuch.
func (p *Pass) Near(host Host) *Pass {
	p.Names()
	if p.Tree.Root().HasError() && p.doubt == nil {
		p.doubt = doubtOf(p.Tree)
	}
	q := *p
	q.host, q.near, q.asking, q.common = host, true, nil, nil
	return &q
}

// whole stops a rule that is not to look at all of the file.
func (p *Pass) whole() {
	if p.near {
		panic(TooMuch{})
	}
}

// Doubts reports whether a finding of a rule is about what could not be read for certain, so that it is none.
func (p *Pass) Doubts(r *Rule, f *diag.Finding) bool {
	return r.doubted(p.Tree) && p.doubtful(f)
}
