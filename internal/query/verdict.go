package query

import (
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/role"
)

// Around is the project around files, as conditions ask it; *project.Answers is one.
type Around interface {
	Role(path string, shape role.Shape) role.Role
	Sample(path string) bool
	HostsOf(path string) project.HostsOfFile
}

// Verdict is what a condition comes to for a match. Where the rest of the project decides, Settled is not set: Ask tells it then, when
// all of its files are known. A verdict does not refer to the file of the match.
type Verdict struct {
	Settled, Holds bool
	rest           func(in Around) bool
}

// Ask returns whether the condition holds.
func (v Verdict) Ask(in Around) bool {
	if v.Settled {
		return v.Holds
	}
	return v.rest(in)
}

func settled(holds bool) Verdict { return Verdict{Settled: true, Holds: holds} }

func later(rest func(in Around) bool) Verdict { return Verdict{rest: rest} }

func (v Verdict) not() Verdict {
	if v.Settled {
		return settled(!v.Holds)
	}
	return later(func(in Around) bool { return !v.rest(in) })
}

// decided returns the verdict of parts of which one that is enough decides, and else their last.
func decided(enough bool, open []Verdict) Verdict {
	if len(open) == 0 {
		return settled(!enough)
	}
	return later(func(in Around) bool {
		for _, v := range open {
			if v.rest(in) == enough {
				return enough
			}
		}
		return !enough
	})
}
