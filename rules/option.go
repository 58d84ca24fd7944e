package rules

import "fmt"

// Option is a setting of a rule in nixsift.toml, beside its severity. A Setting makes it.
type Option struct {
	Name    string
	Doc     string // one sentence
	Default any    // string, int64, bool or []string; its type is the option's type

	rule *Rule // that lists it
}

// Setting is an option with the type of its values. A rule keeps it in a variable, lists its Option, and reads it by the
// variable: there is no name to get wrong.
type Setting[T string | int64 | bool | []string] struct{ Option *Option }

// declared are the options of all settings.
var declared []*Option

// NewSetting makes a setting at package initialisation, for the one rule that lists it. doc is one sentence.
func NewSetting[T string | int64 | bool | []string](name, doc string, byDefault T) Setting[T] {
	o := &Option{Name: name, Doc: doc, Default: byDefault}
	declared = append(declared, o)
	return Setting[T]{o}
}

// In returns what the configuration sets for the file of a pass, or the default.
func (s Setting[T]) In(p *Pass) T {
	v := p.host.Option(s.Option.rule, s.Option.Name)
	if v == nil {
		v = s.Option.Default
	}
	return v.(T)
}

// Named tells what came of a file that the setting names, for the file of a pass: a problem is one of the configuration, and so is a file
// that is there for none of the files that are checked.
func (s Setting[T]) Named(p *Pass, name string, found bool, problem string) {
	p.host.Named(s.Option.rule, s.Option.Name, name, found, problem)
}

// unlisted returns an option that no rule lists, so that nobody can set it, or nil.
func unlisted() *Option {
	for _, o := range declared {
		if o.rule == nil {
			return o
		}
	}
	return nil
}

// validateOptions tells what is wrong with the options of a rule that is not registered yet.
func validateOptions(options []*Option) error {
	names := map[string]bool{}
	for _, o := range options {
		switch {
		case o.rule != nil:
			return fmt.Errorf("the option %q is that of %s", o.Name, o.rule.ID)
		case o.Name == "" || o.Doc == "":
			return fmt.Errorf("an option has no name or no documentation")
		case names[o.Name]:
			return fmt.Errorf("the option %q is listed twice", o.Name)
		}
		names[o.Name] = true
	}
	return nil
}
