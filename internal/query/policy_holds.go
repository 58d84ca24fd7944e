package query

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/nixsift/nixsift/internal/flake"
)

// Breach is why a lock file does not meet a policy.
type Breach struct {
	Input []string        // the path of the input from the flake; empty where it is the lock file as a whole
	Node  *flake.LockNode // nil where there is none
	Why   string          // what the lock file has, in lower case, with all that is to be said of the input
}

// Check returns why a lock file does not meet the policy; nothing where it does. Ages count from now.
func (p *Policy) Check(f *flake.Flake, now time.Time) []Breach {
	if f.Lock == nil || f.Lock.RootNode() == nil {
		return nil
	}
	ok, why := (&lockAsked{f, now}).anyOf(p.cond, nil)
	if ok {
		return nil
	}
	var out []Breach
	for i, b := range why {
		said := func(o breach) bool { return slices.Equal(o.input, b.input) }
		if slices.ContainsFunc(why[:i], said) {
			continue
		}
		var all []string
		for _, o := range why[i:] {
			if said(o) && !slices.Contains(all, o.why) {
				all = append(all, o.why)
			}
		}
		text := strings.Join(all, "; ")
		if len(b.input) > 0 {
			text = "`" + strings.Join(b.input, "/") + "` " + conjoined(all)
		}
		out = append(out, Breach{b.input, b.node, text})
	}
	return out
}

// breach is a reason. Of an input, why begins with a verb.
type breach struct {
	input []string
	node  *flake.LockNode
	why   string
}

// conjoined joins parts by commas, and the last by and.
func conjoined(parts []string) string {
	last := len(parts) - 1
	if last == 0 {
		return parts[0]
	}
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

// lockAsked is what a policy is asked of.
type lockAsked struct {
	flake *flake.Flake
	now   time.Time
}

// lockedInput is an input with the node that it is.
type lockedInput struct {
	path []string
	node *flake.LockNode
}

// anyOf reports whether a condition holds, and what it looked at: the reason for either.
func (a *lockAsked) anyOf(x *lockAny, each *lockedInput) (bool, []breach) {
	var why []breach
	for _, all := range x.All {
		holds, held := true, []breach(nil)
		for _, c := range all.Parts {
			ok, because := a.condition(c, each)
			if ok != (len(c.Not)%2 == 1) {
				held = append(held, because...)
				continue
			}
			if holds {
				holds, held = false, nil
			}
			why = append(why, because...)
		}
		if holds {
			return true, held
		}
	}
	return false, why
}

func (a *lockAsked) condition(x *lockCond, each *lockedInput) (bool, []breach) {
	switch {
	case x.Group != nil:
		return a.anyOf(x.Group, each)
	case x.Each != nil:
		return a.each(x.Each)
	case x.Count != nil:
		return a.count(x.Count)
	}
	return a.fact(x.Fact, each)
}

func (a *lockAsked) each(x *lockEach) (bool, []breach) {
	root := a.flake.Lock.Root
	var held, failed []breach
	some := false
	for _, in := range a.flake.Children(root) {
		name, ok := a.flake.Target(root, in.Name)
		if !ok {
			continue
		}
		ok, why := a.anyOf(x.Body, &lockedInput{[]string{in.Name}, a.flake.Lock.Node(name)})
		if some = some || ok; ok {
			held = append(held, why...)
		} else {
			failed = append(failed, why...)
		}
	}
	holds := len(failed) == 0
	if x.Which == "some" {
		if holds = some; !holds && len(failed) == 0 {
			failed = []breach{{why: "the lock file has no inputs"}}
		}
	}
	if holds {
		return true, held
	}
	return false, failed
}

func (a *lockAsked) count(x *lockCount) (bool, []breach) {
	var names []string
	n := 0
	for _, name := range a.flake.Reachable() {
		if name == a.flake.Lock.Root {
			continue
		}
		path, _ := a.flake.PathTo(name)
		if x.Of != nil {
			if ok, _ := a.anyOf(x.Of, &lockedInput{path, a.flake.Lock.Node(name)}); !ok {
				continue
			}
		}
		if n++; n <= 5 {
			names = append(names, "`"+strings.Join(path, "/")+"`")
		}
	}
	why := fmt.Sprintf("the count is %d", n)
	if n > 0 {
		why += ": " + strings.Join(names, ", ")
	}
	if n > len(names) {
		why += ", …"
	}
	return ordered(cmp.Compare(int64(n), x.With), x.Op), []breach{{why: why}}
}

// ordered reports whether the outcome of cmp.Compare is as an operator wants.
func ordered(c int, op string) bool {
	switch op {
	case "==":
		return c == 0
	case "!=":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

func (a *lockAsked) fact(x *lockFact, each *lockedInput) (bool, []breach) {
	in := each
	if x.Input != nil {
		path := strings.Split(x.Input.text(), "/")
		name, ok := a.flake.Resolve(path)
		if !ok || name == a.flake.Lock.Root {
			return false, []breach{{why: fmt.Sprintf("the lock file has no input `%s`", x.Input.text())}}
		}
		in = &lockedInput{path, a.flake.Lock.Node(name)}
	}
	because := func(format string, args ...any) []breach {
		return []breach{{in.path, in.node, fmt.Sprintf(format, args...)}}
	}
	if x.Field == nil {
		holds, has := a.follows(in.node, x.Follows.text())
		why := because("has a `%s` of its own", x.Follows.text())
		if holds {
			why = because("takes `%s` from the flake", x.Follows.text())
			if !has {
				why = because("has no input `%s`", x.Follows.text())
			}
		}
		return flagIs(holds, x.Test), why
	}
	switch name := x.Field.Name; name {
	case "locked":
		holds := in.node.Rev() != "" || in.node.NarHash() != ""
		return flagIs(holds, x.Test), because("%s", map[bool]string{true: "is locked", false: "is not locked"}[holds])
	case "is_flake", "is_non_flake":
		holds := in.node.Flake == (name == "is_flake")
		return flagIs(holds, x.Test), because("%s", map[bool]string{true: "is a flake", false: "is no flake"}[in.node.Flake])
	case ageField:
		if in.node.LastModified() <= 0 || a.now.IsZero() {
			return false, because("is of an unknown age")
		}
		modified := time.Unix(in.node.LastModified(), 0).UTC()
		age := a.now.Sub(modified)
		return ordered(cmp.Compare(age, x.Test.age), x.Test.Op), because("is %s old on %s: it is of %s",
			days(age), a.now.UTC().Format(time.DateOnly), modified.Format(time.DateOnly))
	default:
		got := textField(in.node, name)
		want := x.Test.String.text()
		holds := got == want
		switch x.Test.Op {
		case "!=":
			holds = !holds
		case "=~":
			holds = x.Test.re.MatchString(got)
		}
		if got == "" {
			return holds, because("has no `%s`", name)
		}
		return holds, because("has the `%s` %q", name, got)
	}
}

// days tells a duration of whole days.
func days(d time.Duration) string {
	n := int64(d / (24 * time.Hour))
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

func flagIs(holds bool, t *lockCompare) bool {
	return t == nil && holds || t != nil && (holds == (t.Word == "true")) == (t.Op == "==")
}

// follows reports whether what a node calls by a name is what the flake itself calls so. A node that has no such input (has is false)
// brings none of its own.
func (a *lockAsked) follows(n *flake.LockNode, name string) (holds, has bool) {
	if _, has = n.Input(name); !has {
		return true, false
	}
	own, ok := a.flake.Target(n.Name, name)
	of, ok2 := a.flake.Resolve([]string{name})
	return ok && ok2 && own == of, true
}

// textField returns a field of a node, "" for one that it does not have.
func textField(n *flake.LockNode, field string) string {
	source, _ := n.Source()
	original, _ := n.Original.Ref()
	switch field {
	case "owner":
		return source.Owner
	case "repo":
		return source.Repo
	case "ref":
		return cmp.Or(original.Ref, source.Ref)
	case "rev":
		return n.Rev()
	case "type":
		return source.Type
	case "url":
		return cmp.Or(source.URL, source.String())
	}
	if u, err := url.Parse(source.URL); err == nil && source.URL != "" {
		return u.Hostname()
	}
	return source.ForgeHost()
}
