package rules

import (
	"sync"
	"sync/atomic"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

// examined is what evaluating a file tells. The passes over one file have it in common.
type examined struct {
	ready    sync.Once
	memory   *eval.Memory // nil: it is made where it is needed
	lower    sync.Once
	lowered  *eval.Code // nil where Nix refuses the file
	look     sync.Once
	loads    bool // the file names what evaluates other files
	examine  sync.Once
	code     *eval.Code // what is examined; nil where nothing can be found
	failures []eval.Finding
	merge    sync.Once
	merged   merges
	// exhausted is set where the fuel did not suffice for all that was asked.
	exhausted atomic.Bool
	// alone is set where other files are not to be evaluated; more, where something is left out for that.
	alone bool
	more  atomic.Bool
	stop  func() bool
}

// memory returns what the file is evaluated in.
func (p *Pass) memory() *eval.Memory {
	x := p.examined
	x.ready.Do(func() {
		if x.memory == nil {
			x.memory = new(eval.Memory)
		}
	})
	return x.memory
}

// lowered returns the code of the file; nil where Nix refuses that.
func (p *Pass) lowered() *eval.Code {
	p.whole()
	x := p.examined
	x.lower.Do(func() { x.lowered = p.memory().Lower(p.Tree, p.Path, p.Names()) })
	return x.lowered
}

// Failures returns what surely fails in the file when it is evaluated, whoever calls the functions in it, and the code that
// is evaluated; none where nothing can be found, as in a file with syntax errors. The findings must not be changed, and end with
// the pass, as the tree does.
func (p *Pass) Failures() ([]eval.Finding, *eval.Code) {
	p.whole()
	x := p.examined
	x.examine.Do(func() {
		if !p.memory().Worthwhile(p.Tree, p.Names()) {
			return
		}
		if !p.AtLength() {
			return
		}
		if x.code = p.lowered(); x.code != nil {
			ev := x.memory.Evaluation()
			ev.Import, ev.Scoped, ev.Brief, ev.Stop = p.imports(), p.scopedImports(), x.alone, x.stop
			failures, examination := eval.Examine(ev, x.code)
			x.failures = failures
			if examination.Incomplete() {
				x.exhausted.Store(true)
				x.more.Store(x.alone || x.more.Load())
			}
			if examination.Unexplained {
				x.more.Store(true)
			}
		}
	})
	return x.failures, x.code
}

// FailuresOfFiles returns what Failures does where the file evaluates others, and so may fail for what those are; else none.
func (p *Pass) FailuresOfFiles() ([]eval.Finding, *eval.Code) {
	p.whole()
	x := p.examined
	x.look.Do(func() { x.loads = eval.Loads(p.Tree) })
	if !x.loads {
		return nil, nil
	}
	return p.Failures()
}

// Exhausted reports whether the fuel did not suffice for all that rules asked of the file: what surely fails there may not all
// be found. It is false where nothing was evaluated.
func (p *Pass) Exhausted() bool { return p.examined.exhausted.Load() }

// AtLength reports whether a rule may evaluate all of the file: not a large one while somebody waits (Alone), of which it is noted that
// more may be found.
func (p *Pass) AtLength() bool {
	p.whole()
	x := p.examined
	if x.alone && len(p.Tree.Records()) > aloneNodes {
		x.more.Store(true)
		return false
	}
	return true
}

// aloneNodes is the number of nodes up to which a file is examined while somebody waits.
const aloneNodes = 1 << 12

// Alone says that somebody waits: the file is evaluated by itself, and not at length.
func (p *Pass) Alone() { p.examined.alone = true }

// More reports whether something may be found that is left out since the file is evaluated alone.
func (p *Pass) More() bool { return p.examined.more.Load() }

// imports returns how the code of other files is found.
func (p *Pass) imports() func(path string) *eval.Code {
	x := p.examined
	if !x.alone {
		return p.Project.Imported
	}
	return func(string) *eval.Code {
		x.more.Store(true)
		return nil
	}
}

// scopedImports returns how files are read with names in scope.
func (p *Pass) scopedImports() func(path string, names []string) *eval.Code {
	if !p.examined.alone {
		return p.Project.ImportedWith
	}
	return func(string, []string) *eval.Code {
		p.examined.more.Store(true)
		return nil
	}
}

// What one question for a value may cost, in steps, and what all of a rule about a file may: a fixed part, and a part for each
// expression.
const (
	fuelOfValue  = 10_000
	workOfValues = 100_000
	workOfExpr   = 10
)

// asking is what one rule asks for values of: what it learns depends on its own questions alone.
type asking struct {
	ev     *eval.Evaluation
	scopes *eval.Scopes
	spent  int
}

// Value returns what an expression of the file is, as far as its outermost form, wherever it stands and whoever calls the
// functions around it. Where nothing is known it may be anything.
func (p *Pass) Value(n ast.Node) *eval.Value { return p.ValueAt(n.Unparen().Span()) }

// ValueAt is Value for the expression at a span.
func (p *Pass) ValueAt(at source.Span) *eval.Value {
	code := p.lowered()
	if code == nil {
		return eval.Unknown()
	}
	e, ok := code.At(at)
	if !ok {
		return eval.Unknown()
	}
	return p.ask(code, func(a *asking) eval.Part { return a.scopes.Within(e) })
}

// Part returns what a part of a value that the same rule got by Value is, as Value does.
func (p *Pass) Part(of eval.Part) *eval.Value {
	if !of.IsValid() {
		return eval.Unknown()
	}
	return p.ask(p.lowered(), func(*asking) eval.Part { return of })
}

// ask asks what the running rule asks for.
func (p *Pass) ask(code *eval.Code, part func(a *asking) eval.Part) *eval.Value {
	a := p.asking[p.rule]
	if a == nil {
		a = &asking{ev: eval.NewEvaluation(), scopes: eval.NewScopes(code, nil)}
		a.ev.Fuel, a.ev.Import, a.ev.Scoped = fuelOfValue, p.imports(), p.scopedImports()
		if p.asking == nil {
			p.asking = map[*Rule]*asking{}
		}
		p.asking[p.rule] = a
	}
	if a.spent > workOfValues+workOfExpr*code.Len() {
		p.examined.exhausted.Store(true)
		return eval.Unknown()
	}
	v := a.ev.Ask(part(a))
	if a.ev.Starved() {
		p.examined.exhausted.Store(true)
	}
	a.spent += a.ev.Cost()
	return v
}

// Endless reports whether an expression of the file is a function of which no call ends, since each comes to another one in any case.
func (p *Pass) Endless(n ast.Node) bool {
	if !p.AtLength() {
		return false
	}
	code := p.lowered()
	if code == nil {
		return false
	}
	e, ok := code.At(n.Unparen().Span())
	return ok && eval.Endless(code, e, p.imports())
}

// Outputs returns what is known of the outputs of the flake in a folder.
func (p *Pass) Outputs(dir string) *project.Outputs {
	if x := p.examined; x.alone {
		x.more.Store(true)
		return &project.Outputs{}
	}
	return p.Project.Outputs(dir)
}

// FileOutputs returns what is known of the attributes that nix-build finds in a Nix file.
func (p *Pass) FileOutputs(file string) *project.Outputs {
	if x := p.examined; x.alone {
		x.more.Store(true)
		return &project.Outputs{}
	}
	return p.Project.FileOutputs(file)
}

// MadePaths returns the paths that expressions of the file put together, as the flake around it evaluates them.
func (p *Pass) MadePaths() []project.MadePath {
	if x := p.examined; x.alone {
		x.more.Store(true)
		return nil
	}
	return p.Project.MadePaths(p.Path)
}

// HostsOf returns the hosts of the flake around the file that have it as a module.
func (p *Pass) HostsOf() project.HostsOfFile {
	if x := p.examined; x.alone {
		x.more.Store(true)
		return project.HostsOfFile{}
	}
	return p.Project.HostsOf(p.Path)
}

// IsOfFile reports whether a value is the set that another file is: import-unknown-attr tells what such a set lacks.
func (p *Pass) IsOfFile(v *eval.Value) bool { return v.OfFile(p.lowered()) }

// MayMiss reports whether the file asks somewhere whether a set has an attribute of a name, by ? or or: then sets may lack
// it on purpose.
func (p *Pass) MayMiss(name string) bool { return p.lowered() != nil && p.lowered().MayMiss(name) }

// MayBe reports whether the evaluator may find that an expression is of some kinds, by the names that it begins with: of what
// an argument holds, nothing is known. It is to be asked before Value, which may be the first to lower the file.
func (p *Pass) MayBe(n ast.Node, k eval.Kinds) bool {
	through, args := false, 0 // what is asked for is a part or a result; the arguments of the calls around
	for range maxHead {
		n = n.Unparen()
		switch n.Form() {
		case ast.Select:
			if builtin := nixlang.Builtin(p.Names(), n); args > 0 && builtin != "" {
				return givesOf(builtin, args, k)
			}
			if !through && nixlang.Lib(p.Names(), n) != "" {
				return k&eval.Function != 0
			}
			n, through = n.FirstChild(), true
		case ast.Apply:
			n, through, args = (ast.ApplyExpr{Node: n}).Func(), true, args+1
		case ast.Let, ast.With, ast.Assert, ast.If:
			n = n.Child(1)
		case ast.Ident:
			u, ok := p.Names().Use(n)
			switch {
			case !ok:
				return false
			case n.Text() == "lib" && args > 0:
				_, known := nixlang.LibSource(p.Names(), n)
				return known && k != eval.Function
			case u.Target == sema.ToGlobal && args > 0:
				return givesOf(n.Text(), args, k)
			case u.Target == sema.ToGlobal:
				return literalKinds[n.Text()]&k != 0 || literalKinds[n.Text()] == 0 && k&(eval.Function|eval.Set) != 0
			case u.Target != sema.ToBinding:
				return false
			}
			b := p.Names().Binding(u.Binding)
			from, inherited := ast.AsInherit(b.Decl)
			switch {
			case b.Kind != sema.LetBinding && b.Kind != sema.RecBinding:
				return false
			case inherited && from.From().IsValid():
				n, through = from.From(), true
			case inherited:
				return false
			case b.More || !b.Value.IsValid(): // paths make it a set
				return through || k&eval.Set != 0
			default:
				n = b.Value
			}
		case ast.Lambda:
			return through || k&eval.Function != 0
		case ast.AttrSet, ast.LegacyLet:
			return through || k&eval.Set != 0
		case ast.List:
			return k&eval.List != 0
		case ast.String, ast.IndString, ast.URI:
			return k&eval.String != 0
		case ast.Int:
			return k&eval.Int != 0
		case ast.Float:
			return k&eval.Float != 0
		case ast.Path:
			return k&eval.Path != 0
		case ast.Binary, ast.Unary, ast.HasAttr:
			switch n.Op() {
			case ast.OpUpdate:
				return through || k&eval.Set != 0
			case ast.OpConcat:
				return k&eval.List != 0
			}
			return k&^(eval.Set|eval.List|eval.Function) != 0
		default:
			return false
		}
	}
	return false
}

// givesOf reports whether calling a builtin with some arguments may give something of some kinds that the evaluator knows of.
func givesOf(builtin string, args int, k eval.Kinds) bool {
	b := sema.LookupBuiltin(builtin)
	return k&^eval.Function != 0 || builtin == "import" || b != nil && args < int(b.Args)
}

// literalKinds are the kinds of the names that Nix binds to something else than functions and sets.
var literalKinds = map[string]eval.Kinds{"true": eval.Bool, "false": eval.Bool, "null": eval.Null}

// maxHead bounds the expressions that are followed to the name that one begins with.
const maxHead = 64
