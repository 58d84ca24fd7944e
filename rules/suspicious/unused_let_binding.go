package suspicious

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unused-let-binding", Family: family, Since: "0.1.0",
	Summary: "A name bound by `let` is never used",
	Doc: "Nix never evaluates a binding that nothing uses, so it can go without any change of meaning. What only unused\n" +
		"bindings use is unused as well and is reported with them: after all of it is removed, nothing unused is left.\n" +
		"\n" +
		"Inherited names count, and so do the names of `let { … }` other than `body`. A name that starts with an underscore\n" +
		"is kept on purpose; so is one that a comment such as `# deadnix: skip` stands before, with all it uses.\n" +
		"\n" +
		"The fix removes the binding with its comments, and the whole `let … in` when nothing is left in it. It is safe where\n" +
		"no comment goes with it.",
	Severity: diag.Warning, Presets: rules.Recommended, Tags: diag.Unnecessary,
	Fix: rules.FixSometimes, SafeFix: rules.FewerTokens,
	Aliases: []string{
		"deadnix:unused-let-binding", "nixf:sema-unused-def-let", "nil:unused_binding", "nix-linter:UnusedLetBind", "tvix:W003",
	},
	On: []ast.Kind{ast.Let, ast.LegacyLet},
	File: func(p *rules.Pass) {
		live := p.Live()
		var dead deadLets
		var lost map[string]bool
		if p.Tree.Root().HasError() {
			lost = lostUses(p.Names())
		}
		for id := range live.DeadLets() {
			if lost[p.Names().Binding(id).Name] {
				return // what it uses is needed then, too
			}
			dead.members = append(dead.members, id)
		}
		if len(dead.members) > 0 {
			dead.report(p, live)
		}
	},
})

// deadLets are the unused let bindings of a file. Those that use each other go together: removing one alone
// would leave a name unbound, or take many rounds.
type deadLets struct {
	members []sema.BindingID
	byID    map[sema.BindingID]int // index into members, without pinned ones
	byNode  map[ast.NodeID]int     // by the node of the name
	parent  []int                  // union-find over members
	edits   [][]diag.Edit          // by member: what removing it alone takes
	moves   map[int][]diag.Edit    // by member: what moves up then, if nothing else goes
	users   []int                  // by member: another that uses it, or -1
}

// maxShared is the number of bindings up to which each of those that go together offers the common fix; of
// more, only the first does.
const maxShared = 64

func (d *deadLets) report(p *rules.Pass, live *sema.Live) {
	names := p.Names()
	d.byID, d.byNode = make(map[sema.BindingID]int, len(d.members)), make(map[ast.NodeID]int, len(d.members))
	d.parent, d.users = make([]int, len(d.members)), make([]int, len(d.members))
	d.edits, d.moves = make([][]diag.Edit, len(d.members)), map[int][]diag.Edit{}
	for i, id := range d.members {
		d.parent[i], d.users[i] = i, -1
		b := names.Binding(id)
		if live.InDead(b.Node) {
			d.byID[id], d.byNode[b.Node.ID()] = i, i
		}
	}
	d.join(names, live)
	for from := 0; from < len(d.members); {
		scope := names.Binding(d.members[from]).Scope
		to := from + 1
		for to < len(d.members) && names.Binding(d.members[to]).Scope == scope {
			to++
		}
		d.cutScope(names, live, scope, from, to)
		from = to
	}
	fixes := map[int]*group{}
	for i := range d.members {
		g := fixes[d.find(i)]
		if g == nil {
			g = &group{}
			fixes[d.find(i)] = g
		}
		g.members = append(g.members, i)
		g.edits = append(g.edits, d.edits[i]...)
		g.moves = append(g.moves, d.moves[i]...)
	}
	for i, id := range d.members {
		b := names.Binding(id)
		f := diag.Finding{Span: b.Node.Span(), Message: diag.Code(b.Name) + " is never used", Help: "remove it"}
		if u := d.users[i]; u >= 0 && u != i {
			user := names.Binding(d.members[u])
			f.Message = diag.Code(b.Name) + " is used only by " + diag.Code(user.Name) + ", which is never used"
			f.Help = "remove both"
			f.Related = []diag.Related{{Span: user.Node.Span(), Message: diag.Code(user.Name) + " is never used"}}
		}
		if g := fixes[d.find(i)]; len(g.edits) > 0 && (len(g.members) <= maxShared || g.members[0] == i) {
			f.Fixes = g.fix(p.Tree, names, d.members)
		}
		p.Report(f)
	}
}

// group is what goes together.
type group struct {
	members []int
	edits   []diag.Edit
	moves   []diag.Edit
	fixes   []diag.Fix
}

// fix returns the common fix, made once.
func (g *group) fix(t *ast.Tree, names *sema.Info, ids []sema.BindingID) []diag.Fix {
	if g.fixes == nil {
		title := "remove " + strconv.Itoa(len(g.members)) + " unused bindings"
		if len(g.members) <= 3 {
			var list []string
			for _, m := range g.members {
				list = append(list, diag.Code(names.Binding(ids[m]).Name))
			}
			title = "remove " + strings.Join(list, ", ")
		}
		edits := merge(g.edits)
		if len(edits) == 1 {
			edits = append(edits, g.moves...)
		}
		g.fixes = []diag.Fix{{Title: title, Safety: safety(t, edits), Edits: edits}}
	}
	return g.fixes
}

// merge sorts edits, drops repetitions and joins deletions without a gap between them.
func merge(edits []diag.Edit) []diag.Edit {
	slices.SortFunc(edits, func(a, b diag.Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	out := edits[:0]
	for _, e := range edits {
		if n := len(out); n > 0 && (out[n-1].Span == e.Span || out[n-1].Span.End == e.Span.Start && out[n-1].Text == "" && e.Text == "") {
			out[n-1].Span.End = e.Span.End
			continue
		}
		out = append(out, e)
	}
	return out
}

func (d *deadLets) find(i int) int {
	for d.parent[i] != i {
		d.parent[i] = d.parent[d.parent[i]]
		i = d.parent[i]
	}
	return i
}

func (d *deadLets) union(i, j int) {
	// The smaller root wins, so that a group is known by its first member.
	if a, b := d.find(i), d.find(j); a < b {
		d.parent[b] = a
	} else {
		d.parent[a] = b
	}
}

// join unites the bindings that use each other, and those whose values are one source.
func (d *deadLets) join(names *sema.Info, live *sema.Live) {
	for _, r := range live.DeadRegions() {
		of := -1
		if r.Binding != 0 {
			if i, ok := d.byID[r.Binding]; ok {
				of = i
			}
		} else {
			for name := range (ast.InheritNode{Node: names.Tree().Node(r.Start)}).Names() {
				i, ok := d.byNode[name.ID()]
				switch {
				case !ok:
				case of < 0:
					of = i
				default:
					d.union(of, i)
				}
			}
		}
		if of < 0 {
			continue
		}
		for _, u := range nixlang.UsesIn(names, names.Tree().Node(r.Start)) {
			if u.Target != sema.ToBinding {
				continue
			}
			if i, ok := d.byID[u.Binding]; ok {
				d.union(i, of)
				if d.users[i] < 0 && i != of {
					d.users[i] = of
				}
			}
		}
	}
}

// cutScope finds the edits that remove the members from to to of one let.
func (d *deadLets) cutScope(names *sema.Info, live *sema.Live, scope sema.ScopeID, from, to int) {
	let := names.Scope(scope).Node
	set := let
	if let.Is(ast.Let) {
		set = let.FirstChild()
	}
	var all []statement
	whole := let.Is(ast.Let)
	for c := range set.Children() {
		s := d.statement(live, c)
		whole = whole && s.dead
		all = append(all, s)
	}
	if whole {
		first := -1
		for i := from; i < to; i++ {
			if _, ok := d.byID[d.members[i]]; ok {
				if first < 0 {
					first = i
				}
				d.union(first, i)
			}
		}
		if first >= 0 {
			edits := nixlang.Unwrap(let, (ast.LetExpr{Node: let}).Body().FirstToken().PrevSignificant())
			d.edits[first], d.moves[first] = edits[:1:1], edits[1:]
		}
		return
	}
	for i := 0; i < len(all); {
		if !all[i].dead {
			for _, name := range all[i].names {
				pc := newPiece(names.Tree().Node(name))
				m := d.byNode[name]
				d.edits[m] = append(d.edits[m], pc.cut(false, false, !pc.wholeLines()))
			}
			i++
			continue
		}
		end := i
		for end < len(all) && all[end].dead {
			end++
		}
		d.cutRun(all, i, end)
		i = end
	}
}

// statement is a definition or inherit of a let.
type statement struct {
	node ast.Node
	dead bool // all of it is unused and may go
	// member is one of the members that it defines; -1 for an inherit of nothing.
	member int
	names  []ast.NodeID // of an inherit that stays: the names to remove
}

func (d *deadLets) statement(live *sema.Live, c ast.Node) statement {
	s := statement{node: c, member: -1}
	switch c.Kind() {
	case ast.Binding:
		if r := live.DeadRegion(c); r >= 0 {
			s.member, s.dead = d.byID[live.DeadRegions()[r].Binding]
		}
	case ast.Inherit:
		s.dead = true
		for name := range (ast.InheritNode{Node: c}).Names() {
			if m, ok := d.byNode[name.ID()]; ok && live.InDead(name) {
				s.member = m
				s.names = append(s.names, name.ID())
			} else {
				s.dead = false
			}
		}
		if s.dead {
			for _, id := range s.names {
				d.union(s.member, d.byNode[id])
			}
		}
	}
	return s
}

// cutRun cuts the statements from first up to end, all dead, out of a let of which others stay. Of the blank
// lines around them, one is left.
func (d *deadLets) cutRun(all []statement, first, end int) {
	lead, trail := newPiece(all[first].node), newPiece(all[end-1].node)
	gap := first == 0 || lead.blankAbove()
	// A blank line inside of the run is the one that is left where there is none at its ends.
	kept := gap || end == len(all) || trail.blankBelow()
	for i := first; i < end; i++ {
		if all[i].member < 0 {
			continue
		}
		pc := newPiece(all[i].node)
		above := i == first && end == len(all)
		below := i+1 < end || gap && end < len(all)
		if i+1 < end && !kept && pc.blankBelow() {
			kept, below = true, false
		}
		e := pc.cut(above, below, false)
		d.edits[all[i].member] = append(d.edits[all[i].member], e)
	}
}
