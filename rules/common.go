package rules

// Common returns what the rules that look at one file have in common under a type: its zero value at first. It dies with the pass.
func Common[T any](p *Pass) *T {
	key := any((*T)(nil))
	if p.common == nil {
		p.common = map[any]any{}
	}
	v, ok := p.common[key].(*T)
	if !ok {
		v = new(T)
		p.common[key] = v
	}
	return v
}
