package eval

import "github.com/nixsift/nixsift/ast"

// scope is one level of the environment.
type scope struct {
	names []string          // by slot
	index map[string]uint32 // where there are many
	with  bool
	set   uint32 // the number of the let or recursive set, or 0
}

// bind adds a name; false where the scope has it.
func (s *scope) bind(name string) bool {
	if _, twice := s.slot(name); twice {
		return false
	}
	s.names = append(s.names, name)
	switch n := len(s.names); {
	case s.index != nil:
		s.index[name] = uint32(n - 1)
	case n > maxScanned:
		s.index = make(map[string]uint32, 2*n)
		for i, name := range s.names {
			s.index[name] = uint32(i)
		}
	}
	return true
}

func (s *scope) slot(name string) (slot uint32, ok bool) {
	if s.index != nil {
		slot, ok = s.index[name]
		return slot, ok
	}
	for i, n := range s.names {
		if n == name {
			return uint32(i), true
		}
	}
	return 0, false
}

// LowerScoped makes the code of a file as scopedImport reads it: that of a function which takes names out of a set, before all that
// the file means by them otherwise. It is nil where Nix refuses the file with that scope, or a name is one that operators go by.
func LowerScoped(t *ast.Tree, filePath string, names []string) *Code {
	l := lowerers.Get().(*lowerer)
	defer lowerers.Put(l)
	function := lambdaCode{pattern: true, open: true}
	var level scope
	for _, name := range names {
		level.bind(name)
		function.formals = append(function.formals, formalCode{sym: name})
		l.code.unsafe = l.code.unsafe || operatorNames[name]
	}
	l.scopes = append(l.scopes, level)
	code := l.file(t, filePath, nil)
	if code != nil {
		function.body = code.root
		function.self = l.add(t.Expr(), expr{op: opLambda, a: uint32(len(code.lambdas))})
		code.lambdas = append(code.lambdas, function)
		code.root = function.self
		code = code.keep()
		code.scoped = true
	}
	l.reset()
	return code
}
